import type { Bare } from "../framework/value";

/** Today as GitLab writes days. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The day so many days from today. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** True for a day that is not after today, or a moment that is over. Unknown values may be anything. */
export function isOver(value: Bare | undefined): boolean {
  if (typeof value !== "string" || value === "") return false;
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value <= today() : Date.parse(value) <= Date.now();
}

/** A validator: a day as GitLab writes it. */
export function badDay(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const good = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
  return good ? undefined : `expected a day as YYYY-MM-DD, got ${value}`;
}

/** A validator: a moment as RFC 3339 has it. */
export function badMoment(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const good =
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value) && !Number.isNaN(Date.parse(value));
  return good ? undefined : `expected a moment as RFC 3339 has it (2019-03-15T08:00:00Z), got ${value}`;
}

/** True if two texts are the same moment. */
export function sameMoment(left: unknown, right: unknown): boolean {
  return typeof left === "string" && typeof right === "string" && Date.parse(left) === Date.parse(right);
}
