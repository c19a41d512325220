import { type Document, isScalar, parseDocument } from "yaml";

/** One step of a tenant file's form: from the version it is listed for to the next. */
export interface Migration {
  /** What it does, for the report: `quotas is called quota`. */
  readonly what: string;
  /** Changes the document in place, and leaves comments, order and `schema` alone. Pure but for that: no file, no clock. */
  readonly apply: (document: Document) => void;
}

/** The first leads from `schema: 1` to 2, and so on. A released one never changes: files of its time are still about. */
export const migrations: readonly Migration[] = [];

/** The version of a tenant file's form that this program reads. */
export const tenantSchemaVersion = migrations.length + 1;

/** A file's text in this program's form. */
export interface Migrated {
  readonly text: string;
  readonly from: number;
  readonly steps: readonly Migration[];
}

/**
 * Takes a tenant file step by step to the newest form. Undefined where there is nothing to do: it is of that form already, or
 * of none that could be taken further, which the loader tells with a place.
 */
export function migrate(text: string, all: readonly Migration[] = migrations): Migrated | undefined {
  const document = parseDocument(text);
  const version = document.errors.length > 0 ? undefined : document.get("schema", true);
  if (!isScalar(version) || !Number.isInteger(version.value)) return undefined;
  const from = Number(version.value);
  if (from < 1 || from > all.length) return undefined;
  const steps = all.slice(from - 1);
  for (const step of steps) step.apply(document);
  document.set("schema", all.length + 1);
  return { text: document.toString({ lineWidth: 0 }), from, steps };
}
