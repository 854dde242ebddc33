/* A section saves itself: on leaving a field, every few seconds while somebody writes, and when the page is left.
   The form works without it. One request at a time; each answer brings the version that the next one names. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const status = document.querySelector("[data-autosave-status]");
  const version = form.elements.namedItem("seen_version");
  const EVERY = 5000;
  let isDirty = false;
  let isBusy = false;
  let isLeaving = false;
  let isBlocked = false; // the last try was refused: leaving would lose it

  const say = (text) => { if (status && status.textContent !== text) status.textContent = text; };

  const save = async (keepalive = false) => {
    if (!isDirty || isBusy || isLeaving) return;
    isBusy = true;
    isDirty = false;
    try {
      const response = await fetch(form.action || location.href, {
        method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, redirect: "manual", keepalive,
      });
      if (response.type === "opaqueredirect") { isDirty = true; say(status.dataset.ended); return; }
      if (response.status >= 500) { isDirty = true; say(status.dataset.offline); return; } // tried again with the next round
      const answer = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
      if (answer.version !== undefined) version.value = answer.version;
      // A new row has got its own page: from now on it is saved there, and a reload shows it.
      if (answer.url && answer.url !== location.pathname) { form.action = answer.url; history.replaceState(null, "", answer.url); }
      const panel = document.querySelector("[data-autosave-panel]");
      if (answer.panel && panel) panel.innerHTML = answer.panel;
      isBlocked = !response.ok;
      say(answer.text || status.dataset.ended);
    } catch {
      isDirty = true;
      say(status.dataset.offline);
    } finally {
      isBusy = false;
    }
  };

  form.addEventListener("input", () => { isDirty = true; });
  form.addEventListener("change", () => { isDirty = true; save(); });
  // A press while a save is under way waits for it: else the form would name a version that is just passing.
  form.addEventListener("submit", (event) => {
    if (isBusy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      const wait = setInterval(() => { if (!isBusy) { clearInterval(wait); form.requestSubmit(button); } }, 50);
    } else {
      isLeaving = true;
    }
  }, true);
  // Another language, sign-out, a link: first save, then go. What can't be saved is asked about once.
  const before = async (event, go) => {
    if (isLeaving || (!isDirty && !isBusy)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    while (isBusy) await new Promise((resolve) => setTimeout(resolve, 50));
    await save();
    if (!isBlocked) isLeaving = true;
    go();
  };
  document.addEventListener("submit", (event) => {
    if (event.target !== form) before(event, () => event.target.submit());
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.hash) return;
    before(event, () => { location.href = link.href; });
  }, true);
  window.addEventListener("beforeunload", (event) => { if (!isLeaving && (isDirty || isBlocked)) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
  setInterval(save, EVERY);
})();
