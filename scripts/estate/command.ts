/** One command of `estate`. */
export interface Command {
  /** One word, or two: `tenant add`. */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** Gives the exit code; what a person can mend is thrown, as `runCommand` takes it. */
  run(args: readonly string[]): number | Promise<number>;
}

/** Writes lines to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Columns under each other, without a blank at a line's end. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
