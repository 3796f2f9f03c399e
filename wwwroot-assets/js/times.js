// How times and durations are said; the same words as Formats on the server.
const pad = (n) => String(n).padStart(2, "0");
const formats = new Map();

/** The zone that the person chose; undefined for the browser's own. */
export const zone = () => document.documentElement.dataset.zone || undefined;

/** Year, month, day and clock of an instant, in the person's zone and form of hours. */
function parts(at) {
  const twelve = document.documentElement.dataset.clock === "12", key = `${zone()} ${twelve}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone(), year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: twelve ? "h12" : "h23" }));
  }
  const found = {};
  for (const part of formats.get(key).formatToParts(at)) found[part.type] = part.value;
  const suffix = found.dayPeriod ? ` ${found.dayPeriod}` : "";
  return {
    year: found.year,
    day: `${found.day} ${found.month}`,
    short: `${twelve ? Number(found.hour) : found.hour}:${found.minute}${suffix}`,
    long: `${twelve ? Number(found.hour) : found.hour}:${found.minute}:${found.second}`,
    suffix,
  };
}

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
  const t = parts(at), n = parts(now);
  if (t.day === n.day && t.year === n.year) return t.short;
  return t.year === n.year ? `${t.day} ${t.short}` : `${t.day} ${t.year} ${t.short}`;
}

/** "14:32:07", in the reader's zone. */
export function clock(at) {
  const t = parts(at);
  return t.long + t.suffix;
}

export function log(at) {
  const t = parts(at);
  return `${t.long}.${String(new Date(at).getMilliseconds()).padStart(3, "0")}${t.suffix}`;
}

export function full(at) {
  const t = parts(at);
  return `${t.day} ${t.year} ${t.long}${t.suffix} · ${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Time left of an estimate: "~42 min", and past it "12 min over". */
export function eta(at, now) {
  const left = at - now, minutes = (ms) => (ms < 60_000 ? `${Math.max(1, Math.floor(ms / 1000))} s` : ms < 3_600_000 ? `${Math.floor(ms / 60_000)} min` : duration(ms - (ms % 60_000)));
  return left > 0 ? `~${minutes(left)}` : -left < 1000 ? "any moment" : `${minutes(-left)} over`;
}
