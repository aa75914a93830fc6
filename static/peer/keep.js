// Keeps what is typed on the server a few seconds after the last key, for its writer alone; nothing is kept in the browser.
// It takes only an answer it knows, says when nothing is being kept and why, and goes on after signing in in another tab.
(() => {
  for (const form of document.querySelectorAll("form[data-kept]")) {
    const status = form.querySelector("[data-kept-here]");
    const words = form.dataset;
    let waiting, busy = false, again = false;
    async function send() {
      const body = new FormData(form);
      body.delete("file");
      body.set("keep", "1");
      return fetch(form.getAttribute("action") || location.href, { method: "POST", body, headers: { "X-Keep": "1" }, redirect: "manual" });
    }
    async function keep() {
      if (busy) { again = true; return; }
      busy = true;
      let said = words.notKept;
      try {
        let answer = await send();
        if (answer.status === 403 && await window.peerFreshToken()) answer = await send();
        if (answer.status === 204) said = words.kept;
        else if (answer.status === 401 || answer.status === 403) said = words.signedOut;
      } catch { /* no network: it is said, and tried again with the next key */ }
      status.textContent = said;
      busy = false;
      if (again) { again = false; keep(); }
      else if (said !== words.kept) { clearTimeout(waiting); waiting = setTimeout(keep, 15000); }
    }
    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      clearTimeout(waiting);
      waiting = setTimeout(keep, 4000);
    });
    form.addEventListener("submit", () => clearTimeout(waiting));
  }
})();
