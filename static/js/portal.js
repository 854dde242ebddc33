/* What a page may do beyond its HTML. Every part is an addition: each page works without this file. */
(() => {
  "use strict";
  const root = document.documentElement;

  // Theme: the reader's choice goes into a cookie, so that the next page comes in it from the start.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  document.querySelectorAll("[data-theme-switch]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const now = root.dataset.theme || (dark.matches ? "dark" : "light");
      const next = now === "dark" ? "light" : "dark";
      root.dataset.theme = next;
      document.cookie = `theme=${next};path=/;max-age=31536000;samesite=lax`;
    });
  });

  // A refused form: the summary takes the focus and the title says so first.
  const announceErrors = (within) => {
    const summary = within.querySelector("[data-error-summary]");
    if (!summary) return;
    const prefix = document.body.dataset.errorPrefix;
    if (prefix && !document.title.startsWith(prefix)) document.title = `${prefix} ${document.title}`;
    // An address that still names a place (of the skip link, of a finding) would take the focus there after this.
    if (within === document && location.hash) history.replaceState(history.state, "", location.pathname + location.search);
    summary.focus();
  };

  // A link of the summary goes to its field and puts the label in sight as well.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    if (!link) return;
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const frame = field.closest(".field") || field;
    frame.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });

  // The second press of a button sends nothing; the first may still be on its way.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-no-guard")) return;
    if (form.dataset.confirm && !form.dataset.sent && !window.confirm(form.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // After the browser has collected the values: a pressed button must still send its name.
    setTimeout(() => form.querySelectorAll("button[type=submit], button:not([type])").forEach((b) => b.setAttribute("aria-disabled", "true")));
  });
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button[aria-disabled]").forEach((b) => b.removeAttribute("aria-disabled"));
  };
  window.addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release); });
  document.addEventListener("htmx:afterRequest", (event) => { const form = event.target.closest?.("form[data-sent]"); if (form) release(form); });

  // Words or characters left, counted as the server counts: line breaks as one character.
  const startCounters = (within) => within.querySelectorAll("[data-count-for]").forEach((line) => {
    const field = document.getElementById(line.dataset.countFor);
    if (!field || line.dataset.started) return;
    line.dataset.started = "1";
    const limit = Number(field.dataset.limit || field.maxLength);
    if (!(limit > 0)) return;
    const words = field.dataset.count === "words";
    let timer;
    const show = () => {
      const text = field.value.replace(/\r\n?/g, "\n");
      const used = words ? (text.trim().match(/\S+/g) || []).length : [...text].length;
      const left = limit - used;
      const unit = words ? "words" : "characters";
      const over = words ? line.dataset.wordsOver : line.dataset.charactersOver;
      const one = words ? line.dataset.oneWord : line.dataset.oneCharacter;
      const pattern = left < 0 ? over : left === 1 ? one : line.dataset[unit];
      line.textContent = pattern.replace("{n}", Math.abs(left).toLocaleString(root.lang));
      line.classList.toggle("field__count--over", left < 0);
      line.hidden = false;
    };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 400); });
    show();
  });

  // Folded parts of the eligibility panel are open where there is room for them.
  const wide = matchMedia("(min-width: 1100px)");
  const openWide = (within) => { if (wide.matches) within.querySelectorAll("details[data-open-wide]").forEach((d) => { d.open = true; }); };

  // Menus close on Escape and on a click elsewhere.
  const menus = () => document.querySelectorAll("details.account[open]");
  document.addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  });

  const start = (within) => { startCounters(within); openWide(within); announceErrors(within); };
  start(document);
  document.addEventListener("htmx:afterSwap", (event) => start(event.target));
})();
