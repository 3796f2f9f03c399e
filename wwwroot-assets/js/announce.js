// The two live regions. Polite messages within two seconds are said together.
const joined = 2000;
let waiting = [], last = 0, timer;

function say(id, text) {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = text;
}

export function announce(kind, text) {
  if (kind === "assertive") {
    say("ac-assertive", text);
    return;
  }
  if (!waiting.includes(text)) waiting.push(text);
  timer ??= setTimeout(flush, Math.max(50, last + joined - Date.now()));
}

function flush() {
  timer = undefined;
  last = Date.now();
  say("ac-polite", waiting.join(" "));
  waiting = [];
}
