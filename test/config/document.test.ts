import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseDocument, readDocument } from "../../config/document";
import { formatProblem, type Problem } from "../../model/problem";

function told(problems: readonly Problem[]): string[] {
  return problems.map(formatProblem).map((line) => line.replace(/;.*/, ""));
}

function problemsOf(bytes: Uint8Array | string): string[] {
  const { document, problems } = parseDocument(typeof bytes === "string" ? Buffer.from(bytes) : bytes, "t.yaml");
  return told([...problems, ...(document?.findings ?? []).map(({ problem }) => problem)]);
}

describe("bytes", () => {
  it.each<[string, Uint8Array, string[]]>([
    ["Latin-1", Buffer.from("a: 1\nb: caf\xe9 x\n", "latin1"), ["t.yaml:2:7: error[Y001]: not UTF-8 (byte 0xe9)"]],
    ["Latin-1 at the end", Buffer.from("b: caf\xe9", "latin1"), ["t.yaml:1:7: error[Y001]: not UTF-8 (byte 0xe9)"]],
    ["a stray continuation", Buffer.from([0x61, 0x3a, 0x20, 0x80]), ["t.yaml:1:4: error[Y001]: not UTF-8 (byte 0x80)"]],
    ["UTF-16LE", Buffer.from("\ufeffa: 1\n", "utf16le"), ["t.yaml:1:1: error[Y001]: looks like UTF-16LE"]],
    ["UTF-16LE without a mark", Buffer.from("a: 1\n", "utf16le"), ["t.yaml:1:1: error[Y001]: looks like UTF-16LE"]],
    ["UTF-16BE", Buffer.from("\ufeffa: 1\n", "utf16le").swap16(), ["t.yaml:1:1: error[Y001]: looks like UTF-16BE"]],
    ["a byte order mark", Buffer.from("\ufeffa: 1\n"), ["t.yaml:1:1: warning[Y002]: byte order mark ignored"]],
    ["CRLF", Buffer.from("a: 1\r\nb: 010\r\n"), ["t.yaml:2:4: error[T003]: leading zero in 010"]],
    ["a lone CR", Buffer.from("a: 1\rb: 2\n"), ["t.yaml:1:5: error[Y003]: carriage return without line feed"]],
    ["NUL", Buffer.from("a: x\0y\n"), ["t.yaml:1:5: error[Y004]: control character U+0000"]],
    ["NEL", Buffer.from("a: x\u0085y\n"), ["t.yaml:1:5: error[Y004]: control character U+0085"]],
    [
      "a lone surrogate by escape",
      Buffer.from('a: "\\ud800"\n'),
      ["t.yaml:1:4: error[Y004]: the text holds the control character U+D800"],
    ],
    ["3,000 brackets", Buffer.from("[".repeat(3000)), ["t.yaml:1:51: error[Y016]: nested deeper than 50"]],
  ])("tells %s", (_, bytes, expected) => {
    expect(problemsOf(bytes)).toEqual(expected);
  });

  it("passes text of any alphabet, and tabs that are no indentation", () => {
    expect(problemsOf('a: "Zahlungen, платежи, 支払い, 👩‍💻"\nb:\t1\nc: |\n  x\n  \ty\n')).toEqual([]);
  });

  it("does not resolve an alias bomb", () => {
    const levels = Array.from(
      { length: 20 },
      (_, level) => `l${String(level + 1)}: &l${String(level + 1)} [*l${String(level)}, *l${String(level)}]`,
    );
    const problems = problemsOf(["l0: &l0 x", ...levels].join("\n"));
    expect(problems).toContain("t.yaml:1:5: error[Y021]: anchors and aliases are not allowed here");
    expect(problems).toHaveLength(21 + 40);
  });
});

describe("files", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "estate-document-"));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  function problemsOfFile(): string[] {
    return told(readDocument(join(dir, "x.yaml"), "x.yaml").problems);
  }

  it("does not follow symbolic links", () => {
    symlinkSync("/etc/hostname", join(dir, "x.yaml"));
    expect(problemsOfFile()).toEqual(["x.yaml: error[Y010]: symbolic link to /etc/hostname"]);
  });

  it("refuses folders", () => {
    mkdirSync(join(dir, "x.yaml"));
    expect(problemsOfFile()).toEqual(["x.yaml: error[Y011]: not a regular file"]);
  });

  it.skipIf(process.platform === "win32")("does not wait for a pipe", () => {
    execFileSync("mkfifo", [join(dir, "x.yaml")]);
    expect(problemsOfFile()).toEqual(["x.yaml: error[Y011]: not a regular file"]);
  });

  it("refuses what is not there", () => {
    expect(problemsOfFile()).toEqual(["x.yaml: error[Y011]: no such file"]);
  });

  // The superuser may read everything.
  it.skipIf(process.getuid?.() === 0)("tells when it may not read", () => {
    writeFileSync(join(dir, "x.yaml"), "a: 1\n");
    chmodSync(join(dir, "x.yaml"), 0);
    expect(problemsOfFile()).toEqual(["x.yaml: error[Y012]: cannot read: permission denied"]);
  });

  it("refuses files above 1 MiB", () => {
    writeFileSync(join(dir, "x.yaml"), "#".repeat(5 * 1024 * 1024));
    expect(problemsOfFile()).toEqual(["x.yaml: error[Y015]: 5.0 MiB, limit 1 MiB"]);
  });
});

describe("places", () => {
  const { document } = parseDocument(Buffer.from("# c\na:\n  b: 1.10\n  c: [x, { d: y }]\ne:\n"), "t.yaml");

  it.each<[string, (string | number)[], "key" | "value", number, number]>([
    ["a value", ["a", "b"], "value", 3, 6],
    ["a key", ["a", "b"], "key", 3, 3],
    ["a block, by its key", ["a"], "value", 2, 1],
    ["an item", ["a", "c", 1, "d"], "value", 4, 15],
    ["nothing, by its key", ["e"], "value", 5, 1],
    ["what is absent, by the mapping that lacks it", ["a", "z", 3], "value", 2, 1],
  ])("finds %s", (_, path, part, line, column) => {
    expect(document?.placeOf(path, part)).toEqual({ file: "t.yaml", line, column });
  });

  it("keeps how a value was written", () => {
    expect(document?.data).toEqual({ a: { b: 1.1, c: ["x", { d: "y" }] }, e: null });
    expect(document?.writtenAt(["a", "b"])).toBe("1.10");
  });
});
