import type { z } from "zod";
import type { Problem } from "../model/problem";
import type { Finding } from "./document";
import { describeIssues } from "./report";
import { salvage } from "./salvage";
import { pathKey, type Source } from "./source";

/**
 * A value, when the input was good enough to have one, and everything that is wrong with it. With an error among the
 * problems the value is what could be saved of the input: good for finding more mistakes, and for nothing else.
 */
export interface Checked<Value> {
  readonly value?: Value;
  readonly problems: readonly Problem[];
}

/** Checks a document's data: the complaints of its YAML and of its schema, each value complained about once. */
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  source: Source,
  findings: readonly Finding[],
  /** What stands in for required keys that are not there, while the rest is checked. */
  missing?: Readonly<Record<string, unknown>>,
): Checked<z.infer<Schema>> {
  const result = schema.safeParse(source.data);
  const complaints = result.success ? [] : describeIssues(result.error.issues, schema, source);
  const told = new Set(complaints.map(({ path }) => pathKey(path)));
  const kept = findings.filter(({ certain, path }) => certain || !told.has(pathKey(path)));
  const problems = [...kept, ...complaints].map(({ problem }) => problem);
  const value = result.success ? result.data : salvage(schema, source.data, result.error.issues, missing);
  return value === undefined ? { problems } : { value, problems };
}
