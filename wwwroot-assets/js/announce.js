// The two live regions. Polite messages within two seconds are said together; of one subject, such as a count, only the last.
const joined = 2100;
let waiting = [], last = 0, timer;

function say(id, text) {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = text;
}

export function announce(kind, text, subject) {
  if (kind === "assertive") {
    say("ac-assertive", text);
    return;
  }
  if (subject) waiting = waiting.filter((w) => w.subject !== subject);
  if (!waiting.some((w) => w.text === text)) waiting.push({ text, subject });
  timer ??= setTimeout(flush, Math.max(50, last + joined - Date.now()));
}

function flush() {
  timer = undefined;
  last = Date.now();
  say("ac-polite", waiting.map((w) => w.text).join(" "));
  waiting = [];
}
