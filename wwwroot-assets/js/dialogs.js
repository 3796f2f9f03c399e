// Native dialogs by id: they trap the focus, close with Escape and give the focus back.
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  for (const menu of document.querySelectorAll(":popover-open")) menu.hidePopover();
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("ac-opened"));
}

const openers = [];

/** Moves the focus into a dialog of the server and remembers where it was. */
export function focusIn(element) {
  openers.push(document.activeElement);
  element?.focus();
}

/** Gives the focus back to what opened the dialog, once the dialog is out of the page; if the opener is gone, to the heading. */
export function focusBack(tries = 20) {
  if (tries > 0 && document.querySelectorAll(".mud-dialog").length >= openers.length) {
    setTimeout(focusBack, 25, tries - 1);
    return;
  }
  const opener = openers.pop();
  if (opener?.isConnected && opener !== document.body) opener.focus();
  else document.querySelector("h1")?.focus();
}

document.addEventListener("click", (e) => {
  const opener = e.target.closest?.("[data-open-dialog]");
  if (opener) openDialog(opener.dataset.openDialog);
  if (e.target.closest?.("[data-close-dialog]")) e.target.closest("dialog")?.close();
  if (e.target instanceof HTMLDialogElement && e.target.classList.contains("ac-dialog")) {
    const box = e.target.getBoundingClientRect();
    if (e.clientX < box.left || e.clientX > box.right || e.clientY < box.top || e.clientY > box.bottom) e.target.close();
  }
  // A menu has done its work once one of its links is followed.
  if (e.target.closest?.("[popover] a")) e.target.closest("[popover]").hidePopover();
});
