/** A part of a report that can be cut line by line without leaving anything open. */
export interface Block {
  readonly open: readonly string[];
  readonly lines: readonly string[];
  readonly close: readonly string[];
}

/** How much a host takes as one comment. */
export interface Limit {
  readonly size: number;
  readonly unit: "characters" | "bytes";
}

/**
 * What the hosts take. GitHub refuses a comment with `body is too long (maximum is 65536 characters)`. GitLab takes a note of
 * 1,000,000 characters in its first form of the rule (`MAX_TEXT_SIZE_LIMIT`) and 1 MiB in the later one: a million bytes are
 * within both.
 */
export const limits = {
  github: { size: 65_536, unit: "characters" },
  gitlab: { size: 1_000_000, unit: "bytes" },
  none: { size: Number.POSITIVE_INFINITY, unit: "characters" },
} as const satisfies Readonly<Record<string, Limit>>;

const encoder = new TextEncoder();

const sizeIn = (unit: Limit["unit"], text: string): number =>
  unit === "bytes" ? encoder.encode(text).length : text.length;

const whole = ({ open, lines, close }: Block): string => [...open, ...lines, ...close].join("\n");

/**
 * Joins blocks to one text that fits. What does not fit is cut at the end of a line, from the last block on, and a last line
 * says how much is missing and where all of it is.
 */
export function joinWithin(blocks: readonly Block[], { size, unit }: Limit, where: string): string {
  const full = `${blocks.map(whole).join("\n")}\n`;
  if (sizeIn(unit, full) <= size) return full;
  const total = blocks.reduce((sum, { lines }) => sum + lines.length, 0);
  const note = (shown: number): string =>
    `\n**Cut: ${String(shown)} of ${String(total)} lines are shown, because a comment here ends at ${String(size)} ${unit}. The whole report: ${where}**\n`;
  const room = size - sizeIn(unit, note(total)) - 1;
  const parts: string[] = [];
  let used = 0;
  let shown = 0;
  for (const block of blocks) {
    const frame = sizeIn(unit, [...block.open, ...block.close].join("\n")) + 2;
    const kept: string[] = [];
    let length = frame;
    for (const line of block.lines) {
      const next = sizeIn(unit, line) + 1;
      if (used + length + next > room) break;
      kept.push(line);
      length += next;
    }
    // A heading over nothing says nothing.
    if (kept.length === 0 && block.lines.length > 0) break;
    if (used + length > room) break;
    parts.push(whole({ ...block, lines: kept }));
    used += length;
    shown += kept.length;
    if (kept.length < block.lines.length) break;
  }
  return `${parts.join("\n")}\n${note(shown)}`;
}
