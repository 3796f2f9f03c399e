// Files out of a drop or a chooser, folders walked through: [{ path, file }].
const skipped = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

const clean = (path) => path.replace(/^\/+/, "").replaceAll("\\", "/");

function entriesOf(reader) {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

async function walk(entry, prefix, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    if (!skipped.has(file.name)) found.push({ path: prefix + file.name, file });
    return;
  }
  const reader = entry.createReader();
  // A reader gives at most a hundred at a time.
  for (let batch = await entriesOf(reader); batch.length; batch = await entriesOf(reader)) {
    for (const child of batch) await walk(child, `${prefix}${entry.name}/`, found);
  }
}

export async function fromDrop(transfer) {
  const entries = [...transfer.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return fromList(transfer.files);
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

export function fromList(files) {
  return [...files].filter((f) => !skipped.has(f.name)).map((file) => ({ path: clean(file.webkitRelativePath || file.name), file }));
}
