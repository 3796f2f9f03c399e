// A link of the form /display#ac_… makes this screen a display: the key goes from the address into the form, and leaves the address first.
const form = document.querySelector("[data-display-form]"), key = location.hash.slice(1);
if (form && key.startsWith("ac_")) {
  history.replaceState(null, "", location.pathname);
  form.querySelector("[name='Form.Key']").value = key;
  form.requestSubmit();
}
