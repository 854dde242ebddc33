/* Passkeys: joins the buttons of a page to allauth's script by the data on them, so that no page holds code. */
(() => {
  "use strict";
  const forms = window.allauth?.webauthn?.forms;
  if (!forms || !window.PublicKeyCredential) return;
  document.querySelectorAll("button[data-passkey]").forEach((button) => {
    const { passkey, credential, passwordless } = button.dataset;
    const ids = { add: button.id, authenticate: button.id, login: button.id, credential, passwordless };
    if (document.getElementById("passkey-data")) ids.data = "passkey-data";
    forms[passkey]({ ids });
    button.hidden = false;
  });
  document.querySelectorAll("[data-passkey-missing]").forEach((note) => { note.hidden = true; });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-failed]").forEach((note) => { note.hidden = false; });
  });
})();
