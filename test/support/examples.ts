import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";

const folder = join(__dirname, "../../docs/examples");

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** A comment without what differs from run to run: ports, days (told from today on), and numbers that a server gives. */
export function steady(comment: string, today: string): string {
  return comment
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>")
    .replaceAll(/\b(20\d\d)-?(\d\d)-?(\d\d)\b/g, (_day, year: string, month: string, day: string) => {
      const days = daysBetween(today, `${year}-${month}-${day}`);
      return days === 0 ? "<today>" : `<today ${days > 0 ? "+" : "-"} ${String(Math.abs(days))}>`;
    });
}

/**
 * Holds a comment to the file of that name in docs/examples; with WRITE_EXPECTATIONS=1 it writes the file.
 */
export function expectExample(name: string, comment: string, today: string): void {
  const file = join(folder, `${name}.md`);
  const text = steady(comment, today);
  if (process.env["WRITE_EXPECTATIONS"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text, `docs/examples/${name}.md (WRITE_EXPECTATIONS=1 writes it)`).toBe(
    existsSync(file) ? readFileSync(file, "utf8") : "",
  );
}
