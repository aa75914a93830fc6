// The writing helper while somebody writes: what is in a box goes to this site and back, and is kept nowhere.
// It draws only the helper's own answer, never a page that came instead of it.
(() => {
  for (const form of document.querySelectorAll("form[data-look]")) {
    const status = form.querySelector("[data-pointers]");
    const key = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
    let waiting, newest = 0;
    function send(text) {
      const body = new URLSearchParams({ text, csrfmiddlewaretoken: key() });
      return fetch(form.dataset.look, { method: "POST", body, headers: { "X-CSRFToken": key(), "X-Look": "1" }, redirect: "manual" });
    }
    async function look() {
      const number = ++newest;
      const text = [...form.querySelectorAll("textarea")].filter((box) => !box.lang || box.lang === document.documentElement.lang).map((box) => box.value).join("\n\n");
      try {
        let answer = await send(text);
        if (answer.status === 403 && await window.peerFreshToken()) answer = await send(text);
        if (number !== newest) return;
        if (answer.ok && answer.headers.get("X-Answer") === "pointers") status.innerHTML = await answer.text();
        else if (answer.status === 401 || answer.status === 403) status.textContent = document.body.dataset.signedOut;
      } catch { /* the button still works */ }
    }
    form.addEventListener("input", (event) => {
      if (event.target.tagName !== "TEXTAREA") return;
      clearTimeout(waiting);
      waiting = setTimeout(look, 1200);
    });
  }
})();
