import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parsePreview, type Preview } from "../../review/preview";

const folder = join(__dirname, "../fixtures/previews");

/** The recordings' names; `npx tsx test/support/record-previews.ts` makes them. */
export const recordings: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.replace(".json", ""))
  .sort();

/** A recorded preview's text, as a document or as events. */
export const recordedText = (name: string, form: "json" | "ndjson"): string =>
  readFileSync(join(folder, `${name}.${form}`), "utf8");

/** A recorded preview. */
export const recorded = (name: string, form: "json" | "ndjson" = "ndjson"): Preview =>
  parsePreview(recordedText(name, form));

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" } as const;

/** The engine's mark of a secret around a value. */
export const marked = (value: unknown): unknown => ({ ...secret, value });

/** One event of a step of a tenant's resource. */
export function event(op: string, type: string, name: string, more: Readonly<Record<string, unknown>> = {}): string {
  const parent = "urn:pulumi:dev::estate::estate:index:Tenant::tenant-payments";
  const urn = `urn:pulumi:dev::estate::estate:index:Tenant$${type}::${name}`;
  const { old: before, new: after, ...rest } = more;
  const state = (given: unknown, there: boolean): unknown =>
    there ? { type, urn, parent, inputs: {}, outputs: {}, ...(given as object | undefined) } : null;
  const metadata = {
    op,
    urn,
    type,
    old: state(before, op !== "create" && op !== "import"),
    new: state(after, op !== "delete" && op !== "discard"),
    detailedDiff: null,
    provider: "urn:pulumi:dev::estate::pulumi:providers:kubernetes::dev-provider::1",
    ...rest,
  };
  return JSON.stringify({ sequence: 1, resourcePreEvent: { metadata } });
}

/** A preview of such events that came to its end. */
export const previewOf = (...events: readonly string[]): Preview =>
  parsePreview([...events, JSON.stringify({ sequence: 2, summaryEvent: { result: "succeeded" } })].join("\n"));
