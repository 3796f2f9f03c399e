// Shortcuts. Marked elements: data-key="x" is pressed (or focused, if it is a field to type in) by x; data-go="j" follows g;
// <ac-keys keys="j k"> hands the page's keys to the server. Follows the typed character, not the place of the key.
import { toggleTimes } from "./ac-time.js";
import { openDialog } from "./dialogs.js";

const chordTime = 1500;
let chordUntil = 0;

const fields = "input, textarea, select, [contenteditable]:not([contenteditable='false']), [role='textbox'], [role='combobox'], [data-keys-off]";
const dialogs = "dialog[open], .mud-dialog, .mud-popover-open, :popover-open";

function typing(target) {
  return Boolean(target?.closest?.(fields));
}

function seen(element) {
  return element.checkVisibility() && !element.disabled && element.getAttribute("aria-disabled") !== "true" && !element.closest("[inert]");
}

function pick(attribute, key) {
  return [...document.querySelectorAll(`[${attribute}]`)].find((e) => e.getAttribute(attribute) === key && seen(e));
}

function press(element) {
  if (element.matches(fields) && !element.matches("[type='checkbox'], [type='radio']")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function helpOfPage() {
  const list = document.querySelector("#ac-shortcuts [data-page-keys]");
  if (!list) return;
  list.replaceChildren();
  for (const element of document.querySelectorAll("main [data-key]")) {
    const key = document.createElement("dt"), text = document.createElement("dd"), cap = document.createElement("kbd");
    cap.textContent = element.dataset.key;
    key.append(cap);
    text.textContent = element.dataset.keyText ?? element.getAttribute("aria-label") ?? element.textContent.trim();
    list.append(key, text);
  }
  for (const element of document.querySelectorAll("main [data-keys-help]")) {
    for (const line of element.dataset.keysHelp.split("|")) {
      const [keys, ...words] = line.trim().split(" "), key = document.createElement("dt"), text = document.createElement("dd"), cap = document.createElement("kbd");
      cap.textContent = keys;
      key.append(cap);
      text.textContent = words.join(" ");
      list.append(key, text);
    }
  }
}

function single(key) {
  if (Date.now() < chordUntil) {
    chordUntil = 0;
    const link = pick("data-go", key);
    link?.click();
    return Boolean(link);
  }
  const own = [...document.querySelectorAll("ac-keys")].find((e) => e.getAttribute("keys").split(" ").includes(key));
  if (own) {
    own.dispatchEvent(new CustomEvent("ackey", { bubbles: true, detail: { key } }));
    return true;
  }
  const marked = pick("data-key", key);
  if (marked) {
    press(marked);
    return true;
  }
  switch (key) {
    case "g": chordUntil = Date.now() + chordTime; return true;
    case "?": helpOfPage(); openDialog("ac-shortcuts"); return true;
    case "/": openDialog("ac-goto"); return true;
    case "t": toggleTimes(); return true;
    default: return false;
  }
}

function onKey(e) {
  if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") {
    e.preventDefault();
    if (!e.repeat) openDialog("ac-goto");
    return;
  }
  if (e.defaultPrevented || e.repeat || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
  if (typing(e.target) || document.querySelector(dialogs)) return;
  if (e.key.length === 1) {
    if (document.documentElement.dataset.singleKeys === "off") return;
    if (e.key === " " || e.target.closest?.("[data-typeahead]")) return;
  } else if (!document.querySelector("ac-keys") || (e.key.startsWith("Arrow") && e.target.closest?.("[data-scrolls]"))) {
    return;
  }
  if (single(e.key)) e.preventDefault();
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (e) => {
    if (e.target.closest?.("[data-open-dialog='ac-shortcuts']")) helpOfPage();
  }, true);
}
