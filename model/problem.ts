/** Where a mistake stands: a file, and line and column counted from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** One mistake of a user, told so that it can be mended without reading code. */
export interface Problem {
  /** Stable short code, e.g. "T012": searched for in docs and asserted in tests. */
  readonly code: string;
  readonly place: Place;
  /** What is wrong, e.g. `unknown key "qouta"`. */
  readonly cause: string;
  /** What to do about it, e.g. `did you mean "quota"?`. */
  readonly remedy: string;
  readonly severity: "error" | "warning";
}

/** `tenants/payments.yaml:7:3: error[K001]: unknown key "qouta"; did you mean "quota"?` */
export function formatProblem(problem: Problem): string {
  const { file, line, column } = problem.place;
  const place = line === undefined ? file : `${file}:${String(line)}:${String(column ?? 1)}`;
  return `${place}: ${problem.severity}[${problem.code}]: ${problem.cause}; ${problem.remedy}`;
}

/** Sorts problems by file, line and column, so that a report reads from top to bottom. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...problems].sort(
    (a, b) =>
      compareText(a.place.file, b.place.file) ||
      (a.place.line ?? 0) - (b.place.line ?? 0) ||
      (a.place.column ?? 0) - (b.place.column ?? 0) ||
      compareText(a.code, b.code),
  );
}

/**
 * The one error type for users' mistakes: all problems at once, no stack trace. `index.ts` hands it to Pulumi as a
 * `RunError`; the commands print it and exit with 2.
 */
export class EstateError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = sortProblems(problems);
    const errors = sorted.filter((problem) => problem.severity === "error").length;
    super(`${String(errors)} problem${errors === 1 ? "" : "s"} found\n${sorted.map(formatProblem).join("\n")}`);
    this.name = "EstateError";
    this.problems = sorted;
  }
}
