import { inflateRawSync } from "node:zlib";

const endOfDirectory = 0x06054b50;
const entryOfDirectory = 0x02014b50;
const [stored, deflated] = [0, 8];

/**
 * The files of a zip archive below a folder, by path: as much of the format as the Go module proxy uses (no ZIP64, no
 * encryption). Node.js has the compression and not the archive, and no tool for it is on every machine.
 */
export function filesInZip(archive: Buffer, folder: string): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || archive.readUInt32LE(end) !== endOfDirectory) throw new Error("this is no zip archive");
  const count = archive.readUInt16LE(end + 10);
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (archive.readUInt32LE(at) !== entryOfDirectory) throw new Error("the zip archive's directory is broken");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.toString("utf8", at + 46, at + 46 + (nameLength ?? 0));
    if (name.startsWith(folder)) files.set(name, contentAt(archive, at));
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return files;
}

/** The content of an entry: its sizes stand in the directory, and its bytes behind a header of their own. */
function contentAt(archive: Buffer, entry: number): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const header = archive.readUInt32LE(entry + 42);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const bytes = archive.subarray(start, start + size);
  if (method === stored) return bytes;
  if (method === deflated) return inflateRawSync(bytes);
  throw new Error(`a zip archive's method ${String(method)} is not known here`);
}
