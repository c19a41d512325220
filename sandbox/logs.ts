import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { lastLines, logFile } from "./part";

/** Prints the last lines of these parts' logs; with `follow` goes on until interrupted. */
export async function printLogs(dir: string, parts: readonly string[], follow: boolean): Promise<void> {
  const prefix = (part: string): string => (parts.length > 1 ? `${part} | ` : "");
  const offsets = new Map<string, number>();
  for (const part of parts) {
    const file = logFile(dir, part);
    offsets.set(part, sizeOf(file));
    for (const line of lastLines(file, parts.length > 1 ? 10 : 100)) process.stdout.write(`${prefix(part)}${line}\n`);
  }
  while (follow) {
    await sleep(500);
    for (const part of parts) {
      const from = offsets.get(part) ?? 0;
      const text = wholeLines(logFile(dir, part), from);
      offsets.set(part, from + Buffer.byteLength(text));
      for (const line of text.split("\n").slice(0, -1)) process.stdout.write(`${prefix(part)}${line}\n`);
    }
  }
}

/** The text from an offset to the last newline: a line half written is left for the next look. */
function wholeLines(file: string, from: number): string {
  const size = sizeOf(file);
  if (size <= from) return "";
  const buffer = Buffer.alloc(size - from);
  const handle = openSync(file, "r");
  try {
    readSync(handle, buffer, 0, buffer.length, from);
  } finally {
    closeSync(handle);
  }
  return buffer.subarray(0, buffer.lastIndexOf(10) + 1).toString("utf8");
}

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);
