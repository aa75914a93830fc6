// Keeps what is typed on the server a few seconds after the last key, for its writer alone; nothing is kept in the browser.
(() => {
  for (const form of document.querySelectorAll("form[data-kept]")) {
    const status = form.querySelector("[data-kept-here]");
    let waiting, busy = false;
    async function keep() {
      if (busy) return;
      busy = true;
      const body = new FormData(form);
      body.delete("file");
      body.set("keep", "1");
      try {
        const answer = await fetch(form.action || location.href, { method: "POST", body, headers: { "X-Keep": "1" }, redirect: "manual" });
        status.textContent = answer.status === 204 ? form.dataset.kept : "";
      } catch { /* the button still works */ }
      busy = false;
    }
    form.addEventListener("input", (event) => {
      if (event.target.type === "file") return;
      status.textContent = "";
      clearTimeout(waiting);
      waiting = setTimeout(keep, 4000);
    });
    form.addEventListener("submit", () => clearTimeout(waiting));
  }
})();
