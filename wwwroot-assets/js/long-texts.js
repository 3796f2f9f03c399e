// A long text goes to the server when the typing rests, or before whatever else is done, not whole with each key and each character.
const long = 4096, rest = 250;
const held = new Map();

const isLong = (field) => field instanceof HTMLTextAreaElement && field.value.length >= long;

function tell(field) {
  clearTimeout(held.get(field));
  if (held.delete(field)) field.dispatchEvent(new Event("input", { bubbles: true }));
}

const tellAll = () => [...held.keys()].forEach(tell);

function hold(e) {
  // Its own second event is the one to let through.
  if (!e.isTrusted || !isLong(e.target)) return;
  e.stopImmediatePropagation();
  clearTimeout(held.get(e.target));
  held.set(e.target, setTimeout(() => tell(e.target), rest));
}

/** Keys that only type are nobody's business: the circuit would send the field's text with each of them. */
function key(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.key === "Escape" || e.key === "Tab") tellAll();
  else if (isLong(e.target)) e.stopImmediatePropagation();
}

// On the window, so before anybody else hears of it.
addEventListener("input", hold, true);
addEventListener("keydown", key, true);
for (const event of ["change", "pointerdown", "click", "submit", "focusout"]) addEventListener(event, tellAll, true);
