import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { filesInZip } from "../../sandbox/toolchain/zip";

/** An archive of these files, as the format has it: a header and bytes for each, the directory, and its end. */
function archive(files: Readonly<Record<string, string>>, method: 0 | 8 | 12): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const bytes = method === 8 ? deflateRawSync(content) : content;
    const header = Buffer.alloc(30 + name.length);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(name.length, 26);
    header.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(bytes.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    entry.write(name, 46);
    bodies.push(header, bytes);
    directory.push(entry);
    at += header.length + bytes.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...directory, end]);
}

describe("filesInZip", () => {
  const files = { "m@v1.0.0/crds/a.yaml": "a".repeat(1000), "m@v1.0.0/other.txt": "no" };

  it.each([0, 8] as const)("gives the files below a folder, by method %d", (method) => {
    const found = filesInZip(archive(files, method), "m@v1.0.0/crds/");
    expect([...found].map(([name, content]) => [name, content.toString()])).toEqual([
      ["m@v1.0.0/crds/a.yaml", "a".repeat(1000)],
    ]);
  });

  it("tells what it cannot read", () => {
    expect(() => filesInZip(archive(files, 12), "m@")).toThrow("method 12");
    expect(() => filesInZip(Buffer.from("no archive"), "m@")).toThrow("no zip archive");
  });
});
