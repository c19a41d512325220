/**
 * Pieces of Markdown whose content comes from others: names out of a pull request and messages of providers must not become
 * links, mentions, HTML or the end of a block.
 */

/** Longest value that is shown; the rest is for whoever opens the preview. */
const longest = 120;

/** Text as code on one line. */
export function code(text: string): string {
  const line = text.replaceAll(/[\r\n]+/g, " ");
  const short = line.length > longest ? `${line.slice(0, longest)}…` : line;
  const ticks = "`".repeat(Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return ticks.length === 1 && short !== "" ? `\`${short}\`` : `${ticks} ${short} ${ticks}`;
}

/** Lines as a block of code that nothing inside can end. */
export function fence(lines: readonly string[], language = ""): { open: string; close: string } {
  const runs = lines.flatMap((line) => [...line.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const ticks = "`".repeat(Math.max(2, ...runs) + 1);
  return { open: `${ticks}${language}`, close: ticks };
}

/** A value as code: text as it is, all else as JSON. */
export function valueCode(value: unknown): string {
  if (value === undefined) return "(not there)";
  return code(typeof value === "string" ? value : JSON.stringify(value));
}

/** `3 new`, and nothing for none where `always` is not said. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}
