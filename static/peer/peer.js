// Small helps. Every page works without them, and nothing is kept in the browser.
(() => {
  const leaveForm = document.querySelector("[data-leave]");
  const escapesNeeded = 3;
  const withinMilliseconds = 1500;
  let escapes = [];

  // The session ends on the server while this page is emptied; without JavaScript the button does the same, one page later.
  function leave() {
    const { away } = leaveForm.dataset;
    fetch(leaveForm.action, { method: "POST", keepalive: true, redirect: "manual" }).catch(() => {});
    document.title = "\u200b";
    document.body.replaceChildren();
    location.replace(away);
  }

  // A fresh form token after somebody signed in again in another tab; true when there is one.
  window.peerFreshToken = async () => {
    try {
      const answer = await fetch("/form-token/", { headers: { "X-Background": "1" }, redirect: "manual" });
      if (!answer.ok) return false;
      const { token } = await answer.json();
      for (const box of document.querySelectorAll("[name=csrfmiddlewaretoken]")) box.value = token;
      return true;
    } catch {
      return false;
    }
  };

  // A second press of a button that was just pressed does nothing, unless the page is still here after a while.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  // What htmx asks for by itself (the progress of an import) says so, and a session that has ended is said in words.
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-Background"] = "1"; });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) event.detail.target.textContent = document.body.dataset.signedOut;
  });

  if (leaveForm) {
    leaveForm.addEventListener("submit", (event) => {
      event.preventDefault();
      leave();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.repeat) return;
      const now = Date.now();
      escapes = escapes.filter((then) => now - then < withinMilliseconds).concat(now);
      if (escapes.length >= escapesNeeded) leave();
    });
  }

  // <button data-copy="#id" data-copied="Copied"> copies the text (or value) of #id and says so.
  async function copy(button) {
    const source = document.querySelector(button.dataset.copy);
    let status = button.nextElementSibling;
    if (!status || status.getAttribute("role") !== "status") {
      status = document.createElement("span");
      status.setAttribute("role", "status");
      button.after(status);
    }
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      status.textContent = button.dataset.copied;
    } catch {
      status.textContent = button.dataset.notCopied ?? "";
      getSelection().selectAllChildren(source);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    if (button.hasAttribute("data-print")) window.print();
    else copy(button);
  });

  function reveal(root) {
    for (const element of root.querySelectorAll("[data-js-only][hidden]")) element.hidden = false;
  }
  reveal(document);
  document.addEventListener("htmx:load", (event) => reveal(event.target));
})();
