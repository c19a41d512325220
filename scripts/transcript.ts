import { existsSync, readFileSync, writeFileSync } from "node:fs";

const begin = "<!-- tour -->";
const end = "<!-- /tour -->";

/** A page with what was told between its marks; undefined for a page without them. */
export function pageWith(page: string, told: readonly string[]): string | undefined {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) return undefined;
  return `${page.slice(0, from + begin.length)}\n\n\`\`\`text\n${told.join("\n")}\n\`\`\`\n\n${page.slice(to)}`;
}

/** Keeps what was told: between the marks of a page that has them, else as the whole of the file. */
export function keepTranscript(file: string, told: readonly string[]): void {
  const page = existsSync(file) ? readFileSync(file, "utf8") : "";
  writeFileSync(file, pageWith(page, told) ?? `${told.join("\n")}\n`);
}
