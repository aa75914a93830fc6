// Small helps. Every page works without them, and nothing is kept in the browser.
(() => {
  const leaveLink = document.querySelector("[data-leave]");
  const escapesNeeded = 3;
  const withinMilliseconds = 1500;
  let escapes = [];

  function leave() {
    const away = leaveLink.href;
    document.title = "\u200b";
    document.body.replaceChildren();
    location.replace(away);
  }

  if (leaveLink) {
    leaveLink.addEventListener("click", (event) => {
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
