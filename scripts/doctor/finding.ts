import type { Problem } from "../../model/problem";

/** One line of what was found to be right. */
export interface Check {
  /** What was asked: `cluster dev (context dev)`. */
  readonly what: string;
  readonly seen: string;
}

/** What was found of one system. */
export interface Findings {
  readonly checks: readonly Check[];
  readonly problems: readonly Problem[];
}

/** Something that a person must mend; `place` is the system. */
export const problem = (code: string, place: string, cause: string, remedy: string): Problem => ({
  code,
  place: { file: place },
  cause,
  remedy,
  severity: "error",
});

/** The same as a warning: it works today. */
export const remark = (code: string, place: string, cause: string, remedy: string): Problem => ({
  ...problem(code, place, cause, remedy),
  severity: "warning",
});

/** Findings of a system that cannot be asked further. */
export const only = (...problems: readonly Problem[]): Findings => ({ checks: [], problems });

/** The text of whatever was thrown. */
export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Seconds by which clocks may differ: what tokens allow for, by RFC 7519's "a few minutes" read strictly. */
const allowedSeconds = 60;

/** A server's clock against ours; both signatures and tokens go by time. `date` is the header of an answer. */
export function clockProblems(place: string, date: string | undefined, now: number): Problem[] {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return [];
  const seconds = Math.round((theirs - now) / 1000);
  if (Math.abs(seconds) <= allowedSeconds) return [];
  const side = seconds > 0 ? "ahead of" : "behind";
  const cause = `its clock is ${String(Math.abs(seconds))} s ${side} this machine's`;
  return [problem("F051", place, cause, "set both by NTP: tokens are refused before their time and after it")];
}

/** Days of warning before a login ends. */
export const warningDays = 14;

/** A login's last moment, when that is near or over. `now` is in milliseconds. */
export function lifeProblems(
  code: string,
  place: string,
  what: string,
  ends: Date | undefined,
  now: number,
): Problem[] {
  if (ends === undefined) return [];
  const day = ends.toISOString().slice(0, 10);
  if (ends.getTime() <= now)
    return [problem(code, place, `${what} ended on ${day}`, "make a new one, and log in with it")];
  return ends.getTime() - now > warningDays * 86_400_000
    ? []
    : [remark(code, place, `${what} ends on ${day}`, "make a new one before that day")];
}
