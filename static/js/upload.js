/* Progress of an upload. Without this file the form is sent as every other form. */
(() => {
  "use strict";
  document.querySelectorAll("form[data-upload]").forEach((form) => {
    const input = form.querySelector("input[type=file]");
    const line = form.querySelector("[data-upload-progress]");
    const problem = form.querySelector("[data-upload-problem]");
    if (!input || !line || !problem || !window.FormData) return;
    const bar = line.querySelector("progress");
    const text = line.querySelector("[data-upload-text]");
    const buttons = form.querySelectorAll("button");

    const complain = (words) => {
      problem.textContent = words;
      problem.hidden = !words;
    };
    const isTooLarge = () => input.files.length > 0 && input.files[0].size > Number(form.dataset.uploadMax);
    input.addEventListener("change", () => complain(isTooLarge() ? form.dataset.uploadTooLarge : ""));

    const stop = (words) => {
      line.hidden = true;
      delete form.dataset.sent;
      buttons.forEach((button) => button.removeAttribute("aria-disabled"));
      complain(words);
    };

    // At the document and after portal.js, whose guard has then stopped a second press.
    document.addEventListener("submit", (event) => {
      if (event.target !== form || event.defaultPrevented || input.files.length === 0) return;
      event.preventDefault();
      if (isTooLarge()) {
        setTimeout(() => stop(form.dataset.uploadTooLarge));
        return;
      }
      complain("");
      line.hidden = false;
      bar.value = 0;
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (step) => {
        if (!step.lengthComputable) return;
        const percent = Math.floor((100 * step.loaded) / step.total);
        bar.value = percent;
        text.textContent = percent < 100 ? text.dataset.uploadPattern.replace("{percent}", percent) : text.dataset.uploadChecking;
      });
      request.addEventListener("load", () => {
        if (request.status < 400) {
          window.location.assign(form.dataset.uploadNext);
          return;
        }
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        const error = page.querySelector(`#${CSS.escape(`div_${input.id}`)} .field__errors`) || page.querySelector("main .lead") || page.querySelector("main h1");
        stop(error ? error.textContent.trim() : form.dataset.uploadFailed);
      });
      ["error", "abort", "timeout"].forEach((name) => request.addEventListener(name, () => stop(form.dataset.uploadFailed)));
      request.open("POST", form.action);
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.send(new FormData(form));
    });
  });
})();
