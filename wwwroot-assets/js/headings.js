// The focus of a new page: its heading, as soon as it is drawn.
const acts = ["pointerdown", "keydown"];
let giveUp = () => {};

/** Focuses the heading, now or when it comes; not if the person does something first. */
export function focusHeading() {
  giveUp();
  if (focused()) return;
  const drawn = new MutationObserver(() => { if (focused()) giveUp(); });
  giveUp = () => {
    drawn.disconnect();
    for (const act of acts) removeEventListener(act, giveUp, true);
    giveUp = () => {};
  };
  for (const act of acts) addEventListener(act, giveUp, true);
  drawn.observe(document.body, { subtree: true, childList: true });
}

function focused() {
  const heading = document.querySelector("h1");
  heading?.focus();
  return heading !== null;
}
