// The focus of a new page: its heading, as soon as it is drawn.
const acts = ["pointerdown", "keydown"];
let giveUp = () => {};

/** Focuses the heading, now or when it comes, and the one that takes its place; not if the person does something first. */
export function focusHeading() {
  giveUp();
  let heading = null;
  const look = () => {
    if (heading && (heading.isConnected || document.activeElement !== document.body)) return;
    heading = document.querySelector("h1");
    heading?.focus();
  };
  const drawn = new MutationObserver(look);
  giveUp = () => {
    drawn.disconnect();
    for (const act of acts) removeEventListener(act, giveUp, true);
    giveUp = () => {};
  };
  for (const act of acts) addEventListener(act, giveUp, true);
  drawn.observe(document.body, { subtree: true, childList: true });
  look();
}
