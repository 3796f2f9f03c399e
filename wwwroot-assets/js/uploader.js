// <ac-uploads workspace folder max-bytes max-files accept label>: chooses, drops, lists and sends files, three at a time.
// The list is kept for the tab, so a reload does not lose what is already stored. The server hears sums, at most four a second.
import { fromDrop, fromList } from "./file-drop.js";
import { address, newKey, sendFile } from "./send-file.js";

const lanes = 3, pulse = 250;
const size = (n) => (n < 1000 ? `${n} B` : n < 999_500 ? `${Math.round(n / 1000)} kB` : `${Number((n / 1e6).toFixed(1))} MB`);
const count = (n) => n.toLocaleString("en-US");

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

class AcUploads extends HTMLElement {
  entries = new Map();
  sending = 0;

  connectedCallback() {
    if (this.list) return;
    this.key = `ac-uploads:${this.id}:${this.getAttribute("workspace")}:${this.getAttribute("folder")}`;
    this.draw();
    this.recall();
    this.changed();
  }

  disconnectedCallback() {
    // A page left for good stops its sending; one that is only moved within the document does not.
    queueMicrotask(() => { if (!this.isConnected) for (const entry of this.entries.values()) entry.abort?.abort(); });
  }

  get maxBytes() { return Number(this.getAttribute("max-bytes") ?? Infinity); }
  get maxFiles() { return Number(this.getAttribute("max-files") ?? Infinity); }

  draw() {
    const label = this.getAttribute("label") ?? "Files";
    const files = element("input", { type: "file", multiple: true, hidden: true, accept: this.getAttribute("accept") ?? "" });
    const folder = element("input", { type: "file", multiple: true, hidden: true, webkitdirectory: true });
    files.setAttribute("aria-label", label);
    folder.setAttribute("aria-label", `${label}: folder`);
    for (const input of [files, folder]) {
      input.addEventListener("change", () => { this.add(fromList(input.files)); input.value = ""; });
    }
    const button = (text, input) => element("button", { type: "button", className: "ac-btn", textContent: text, onclick: () => input.click() });
    const chooser = button("Choose files…", files), folders = button("Choose folder…", folder);
    for (const b of [chooser, folders]) b.dataset.offline = "";
    const bounds = `up to ${size(this.maxBytes)} each, ${count(this.maxFiles)} files`;
    this.summary = element("p", { className: "ac-small" });
    this.summary.dataset.testid = "uploads-summary";
    this.list = element("ul", { className: "ac-uploads", hidden: true });
    this.list.setAttribute("aria-label", `${label}: list`);
    this.list.tabIndex = 0;
    const zone = element("div", { className: "ac-drop" },
      element("div", { className: "ac-row" }, element("span", { textContent: "Drop files or folders, or" }), chooser, folders, element("span", { className: "ac-muted ac-small", textContent: bounds })),
      this.summary, this.list, files, folder);
    zone.addEventListener("dragover", (e) => { e.preventDefault(); zone.dataset.over = ""; });
    zone.addEventListener("dragleave", (e) => { if (!zone.contains(e.relatedTarget)) delete zone.dataset.over; });
    zone.addEventListener("drop", async (e) => { e.preventDefault(); delete zone.dataset.over; this.add(await fromDrop(e.dataTransfer)); });
    this.replaceChildren(zone);
  }

  add(found) {
    for (const { path, file } of found) {
      const known = this.entries.get(path);
      if (known?.is === "ready" && known.size === file.size) continue;
      if (known?.is === "sending") continue;
      const why = file.size > this.maxBytes ? `too large, the limit is ${size(this.maxBytes)}` : !known && this.entries.size >= this.maxFiles ? `over the limit of ${count(this.maxFiles)} files` : null;
      this.put({ path, file, size: file.size, is: why ? "failed" : "waiting", why, part: 0 }, known);
    }
    this.changed();
    this.fill();
  }

  put(entry, known) {
    entry.line = known?.line ?? this.list.appendChild(document.createElement("li"));
    entry.line.dataset.testid = "upload";
    this.entries.set(entry.path, entry);
    this.show(entry);
  }

  show(entry) {
    const said = { waiting: "waiting", sending: `${Math.floor(entry.part * 100)} %`, ready: "ready", failed: entry.etag ? entry.why : `failed: ${entry.why}`, lost: "not sent before the page was loaded again: choose it again" }[entry.is];
    entry.line.dataset.is = entry.is === "lost" ? "failed" : entry.is;
    entry.line.textContent = `${entry.path} · ${size(entry.size)} · ${said} `;
    if (entry.is !== "failed" && entry.is !== "lost") return;
    if (entry.file && entry.size <= this.maxBytes) {
      entry.line.append(this.small(entry.etag ? "Replace" : "Try again", entry, () => { entry.is = "waiting"; this.show(entry); this.changed(); this.fill(); }));
    }
    entry.line.append(this.small("Remove", entry, () => { this.entries.delete(entry.path); entry.line.remove(); this.changed(); this.list.focus(); }));
  }

  small(text, entry, act) {
    const button = element("button", { type: "button", className: "ac-btn ac-btn--plain ac-small", textContent: text, onclick: act });
    button.setAttribute("aria-label", `${text}: ${entry.path}`);
    button.dataset.offline = "";
    return button;
  }

  fill() {
    for (const entry of this.entries.values()) {
      if (this.sending >= lanes) return;
      if (entry.is === "waiting") this.send(entry);
    }
  }

  async send(entry) {
    this.sending++;
    entry.is = "sending";
    entry.abort = new AbortController();
    this.show(entry);
    try {
      const url = address(this.getAttribute("workspace"), `${this.getAttribute("folder") ?? ""}/${entry.path}`);
      const terms = { asksFirst: this.hasAttribute("ask-first"), etag: entry.etag, key: (entry.key ??= newKey()) };
      const refused = await sendFile(url, entry.file, terms, entry.abort.signal, (part) => { entry.part = part; this.show(entry); this.changed(); });
      entry.why = refused?.why ?? null;
      entry.etag = refused?.etag;
      if (refused) entry.key = undefined;
      entry.is = entry.why ? "failed" : "ready";
      if (entry.is === "ready") entry.file = null;
      this.show(entry);
    } catch {
      this.entries.delete(entry.path);
    }
    this.sending--;
    this.changed();
    this.fill();
  }

  changed() {
    this.timer ??= setTimeout(() => { this.timer = undefined; this.tell(); }, pulse);
  }

  tell() {
    const all = [...this.entries.values()], of = (is) => all.filter((e) => e.is === is).length;
    const ready = of("ready"), sending = all.filter((e) => e.is === "sending"), waiting = of("waiting"), failed = of("failed") + of("lost");
    const part = sending.length ? Math.floor((sending.reduce((sum, e) => sum + e.part, 0) / sending.length) * 100) : 0;
    const words = [`${count(all.length)} ${all.length === 1 ? "file" : "files"}`, `${count(ready)} ready`];
    if (sending.length) words.push(`${sending.length} uploading ${part} %`);
    if (waiting) words.push(`${count(waiting)} waiting`);
    const there = all.filter((e) => e.is === "failed" && e.etag).length;
    if (there) words.push(`${count(there)} there already`);
    if (failed > there) words.push(`${count(failed - there)} failed`);
    this.summary.textContent = all.length ? words.join(" · ") : "No files yet.";
    this.list.hidden = !all.length;
    this.keep(all);
    const detail = { total: all.length, ready, waiting: waiting + sending.length, failed, folder: this.getAttribute("folder") ?? "" };
    const said = JSON.stringify(detail);
    if (said === this.said || (!all.length && !this.said)) return;
    this.said = said;
    this.dispatchEvent(new CustomEvent("acuploads", { bubbles: true, detail }));
  }

  keep(all) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(all.map((e) => [e.path, e.size, e.is, e.why])));
    } catch { /* no room: the list lives as long as the page */ }
  }

  recall() {
    let kept = [];
    try { kept = JSON.parse(sessionStorage.getItem(this.key) ?? "[]"); } catch { /* nothing kept */ }
    for (const [path, bytes, is, why] of kept) {
      this.put({ path, size: bytes, is: is === "waiting" || is === "sending" ? "lost" : is, why, part: 0 });
    }
  }
}

customElements.define("ac-uploads", AcUploads);
