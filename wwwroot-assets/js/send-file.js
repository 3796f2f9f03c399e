// One file over plain HTTP, with its progress; waits and tries again while the network or the server is away.
const tries = 6;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function address(workspace, path) {
  const parts = path.split("/").filter(Boolean).map(encodeURIComponent).join("/");
  return new URL(`api/v1/workspaces/${encodeURIComponent(workspace)}/files/${parts}`, document.baseURI);
}

function put(url, file, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("X-Requested-With", "AgentControl");
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
  if (status === 413) return "too large";
  try {
    const problem = JSON.parse(text);
    return problem.detail ?? problem.title ?? `refused (${status})`;
  } catch {
    return `refused (${status})`;
  }
}

/** Null when the file is stored, else the reason in words. */
export async function sendFile(url, file, signal, progress) {
  for (let attempt = 0; ; attempt++) {
    const answer = await put(url, file, signal, progress);
    if (answer.status >= 200 && answer.status < 300) return null;
    const passing = answer.status === 0 || answer.status === 429 || answer.status >= 502;
    if (!passing || attempt === tries - 1) return reason(answer);
    progress(0);
    await wait(Math.min(500 * 2 ** attempt, 10_000));
  }
}
