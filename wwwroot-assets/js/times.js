// How times and durations are said; the same words as Formats on the server.
const pad = (n) => String(n).padStart(2, "0");
const dayMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

export const DAY = 86_400_000;

export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = Math.floor(ms / 1000), m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
  if (d > 0) return h % 24 ? `${d} d ${h % 24} h` : `${d} d`;
  if (h > 0) return `${h} h ${pad(m % 60)} min`;
  if (m > 0) return s % 60 ? `${m} min ${pad(s % 60)} s` : `${m} min`;
  return `${s} s`;
}

/** One unit: "3 min ago", "in 40 s". */
export function relative(at, now) {
  const text = unit(Math.abs(now - at));
  return at > now ? `in ${text}` : `${text} ago`;
}

/** One unit: "23 min". */
export function unit(ms) {
  const s = Math.floor(ms / 1000);
  return s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 86_400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86_400)} d`;
}

/** "14:02" today, "21 Nov 14:02" this year, else with the year. */
export function absolute(at, now) {
  const t = new Date(at), n = new Date(now), clock = `${pad(t.getHours())}:${pad(t.getMinutes())}`;
  if (t.toDateString() === n.toDateString()) return clock;
  const day = dayMonth.format(t);
  return t.getFullYear() === n.getFullYear() ? `${day} ${clock}` : `${day} ${t.getFullYear()} ${clock}`;
}

/** "14:32:07", in the reader's zone. */
export function clock(at) {
  const t = new Date(at);
  return `${pad(t.getHours())}:${pad(t.getMinutes())}:${pad(t.getSeconds())}`;
}

export function log(at) {
  return `${clock(at)}.${String(new Date(at).getMilliseconds()).padStart(3, "0")}`;
}

export function full(at) {
  const t = new Date(at);
  return `${dayMonth.format(t)} ${t.getFullYear()} ${pad(t.getHours())}:${pad(t.getMinutes())}:${pad(t.getSeconds())} · ${t.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Time left of an estimate: "~42 min", and past it "12 min over". */
export function eta(at, now) {
  const left = at - now, minutes = (ms) => (ms < 60_000 ? `${Math.max(1, Math.floor(ms / 1000))} s` : ms < 3_600_000 ? `${Math.floor(ms / 60_000)} min` : duration(ms - (ms % 60_000)));
  return left > 0 ? `~${minutes(left)}` : -left < 1000 ? "any moment" : `${minutes(-left)} over`;
}
