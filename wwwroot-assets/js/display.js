// A link of the form /display#ac_… makes this screen a display: the key goes from the address into the form, and leaves the address first.
function take() {
  const form = document.querySelector("[data-display-form]"), key = location.hash.slice(1);
  if (!form || !key.startsWith("ac_")) return;
  history.replaceState(null, "", location.pathname);
  form.querySelector("[name='Form.Key']").value = key;
  form.requestSubmit();
}

take();
// The link may also be pasted where the form stands already.
addEventListener("hashchange", take);
