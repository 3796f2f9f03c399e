// One file over plain HTTP, with its progress; waits and tries again while the network or the server is away.
const tries = 6;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function address(workspace, path) {
  const parts = path.split("/").filter(Boolean).map(encodeURIComponent).join("/");
  return new URL(`api/v1/workspaces/${encodeURIComponent(workspace)}/files/${parts}`, document.baseURI);
}

function put(url, file, guard, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("X-Requested-With", "AgentControl");
    for (const [name, value] of Object.entries(guard)) request.setRequestHeader(name, value);
    request.upload.onprogress = (e) => { if (e.lengthComputable) progress(e.loaded / e.total); };
    request.onload = () => resolve({ status: request.status, text: request.responseText });
    request.onerror = () => resolve({ status: 0, text: "" });
    request.onabort = () => reject(new DOMException("removed", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function reason({ status, text }) {
  if (status === 0) return "no connection";
  if (status === 401) return "sign in again";
  if (status === 403) return "your role may not add files here";
  try {
    const problem = JSON.parse(text);
    return problem.detail ?? problem.title ?? `refused (${status})`;
  } catch {
    return status === 413 ? "too large" : `refused (${status})`;
  }
}

/**
 * Sends a file; null when it is stored, else { why } in words. With asksFirst a file that is there already is not
 * replaced: the answer has its etag then, and a second call with that etag replaces exactly that version.
 */
export async function sendFile(url, file, { asksFirst, etag, key }, signal, progress) {
  // The key makes a repeat harmless whose first answer was lost: it finds its own file, not a stranger's.
  const guard = asksFirst ? { "Idempotency-Key": key, ...(etag ? { "If-Match": etag } : { "If-None-Match": "*" }) } : {};
  for (let attempt = 0; ; attempt++) {
    const answer = await put(url, file, guard, signal, progress);
    if (answer.status >= 200 && answer.status < 300) return null;
    if (answer.status === 412 && asksFirst) return there(answer.text);
    const passing = answer.status === 0 || answer.status === 429 || answer.status >= 502;
    if (!passing || attempt === tries - 1) return { why: reason(answer) };
    progress(0);
    await wait(Math.min(500 * 2 ** attempt, 10_000));
  }
}

function there(text) {
  const { version, etag } = JSON.parse(text);
  return etag ? { why: `is there already, v${version}`, etag } : { why: "was deleted meanwhile: try again" };
}

/** For Idempotency-Key; works on plain HTTP too, where randomUUID is missing. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
