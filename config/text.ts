import { lstatSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import type { Place, Problem } from "../model/problem";
import { mistake, warning } from "./mistake";

/** Far above any file that a person writes; keeps a mistake from filling the memory. */
const largestFile = 1024 * 1024;

/** A file's text, and what is wrong with its bytes. */
export interface FileText {
  /** Absent when the bytes are no text that could be read further. */
  readonly text?: string;
  readonly problems: readonly Problem[];
}

/** Line and column, counted from 1, of an offset into a text. */
export function placeAt(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { file, line: before.split("\n").length, column: offset - lineStart + 1 };
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}

function unreadable(file: string, error: unknown): Problem {
  const code = systemCode(error);
  if (code === "ENOENT") return mistake("Y011", { file }, "no such file", "create it, or correct its name");
  if (code === "EACCES" || code === "EPERM")
    return mistake("Y012", { file }, "cannot read: permission denied", "make the file readable");
  return mistake("Y012", { file }, `cannot read: ${code}`, "make the file readable");
}

function refusedKind(path: string, file: string, stats: Stats): Problem | undefined {
  if (stats.isSymbolicLink())
    return mistake(
      "Y010",
      { file },
      `symbolic link to ${readlinkSync(path)}`,
      "links are not followed; put the file itself here",
    );
  if (!stats.isFile()) return mistake("Y011", { file }, "not a regular file", "put a YAML file here");
  if (stats.size > largestFile)
    return mistake(
      "Y015",
      { file },
      `${(stats.size / largestFile).toFixed(1)} MiB, limit 1 MiB`,
      "check what was saved here",
    );
  return undefined;
}

function firstBadByte(bytes: Uint8Array): number {
  const readable = (length: number): string | undefined => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length), {
        stream: true,
      });
    } catch {
      return undefined;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (readable(middle) === undefined) high = middle - 1;
    else low = middle;
  }
  // A sequence that only broke off later began here.
  return Buffer.byteLength(readable(low) ?? "");
}

function looksLikeUtf16(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "UTF-16LE";
  if (first === 0xfe && second === 0xff) return "UTF-16BE";
  if (first !== undefined && first !== 0 && second === 0 && bytes[3] === 0) return "UTF-16LE";
  if (first === 0 && second !== undefined && second !== 0 && bytes[2] === 0) return "UTF-16BE";
  return undefined;
}

/** The text of bytes in UTF-8; anything else is told with the place of its first wrong byte. */
export function decodeText(bytes: Uint8Array, file: string): FileText {
  const utf16 = looksLikeUtf16(bytes);
  if (utf16 !== undefined)
    return {
      problems: [mistake("Y001", { file, line: 1, column: 1 }, `looks like ${utf16}`, "save the file as UTF-8")],
    };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    const remark = warning(
      "Y002",
      { file, line: 1, column: 1 },
      "byte order mark ignored",
      "save the file as UTF-8 without one",
    );
    return { text, problems: marked ? [remark] : [] };
  } catch {
    const offset = firstBadByte(bytes);
    const before = new TextDecoder("utf-8").decode(bytes.subarray(0, offset));
    const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0");
    const place = placeAt(file, before, before.length);
    return { problems: [mistake("Y001", place, `not UTF-8 (byte 0x${byte})`, "save the file as UTF-8")] };
  }
}

/** Reads a file that must be a plain, small text file. `file` is how the report calls it. */
export function readText(path: string, file: string): FileText {
  try {
    const refused = refusedKind(path, file, lstatSync(path));
    return refused === undefined ? decodeText(readFileSync(path), file) : { problems: [refused] };
  } catch (error) {
    return { problems: [unreadable(file, error)] };
  }
}
