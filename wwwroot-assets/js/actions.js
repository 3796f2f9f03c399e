// Buttons that act are off while nothing would come of a press; links, menus of the browser and marked ones stay. What the server
// draws meanwhile is off too.
const reasons = new Set(), off = new Map();
const acting = ".ac-body button, .mud-dialog button, .ac-notices button";
const staying = "[data-offline], [data-open-dialog], [popovertarget]";

const changes = new MutationObserver((records) => {
  // The server itself turned such a button off: then it stays so afterwards.
  for (const { target } of records) if (target.disabled) off.delete(target);
  turnOff();
});

function turnOff() {
  for (const button of document.querySelectorAll(acting)) {
    if (button.disabled || button.matches(staying)) continue;
    off.set(button, off.get(button) || document.activeElement === button);
    button.disabled = true;
  }
  changes.takeRecords();
}

export function holdActions(reason) {
  reasons.add(reason);
  turnOff();
  changes.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
}

export function releaseActions(reason) {
  if (!reasons.delete(reason) || reasons.size > 0) return;
  changes.disconnect();
  for (const [button, focused] of off) {
    button.disabled = false;
    if (focused && button.isConnected) button.focus();
  }
  off.clear();
}
