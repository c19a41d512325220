import type { z } from "zod";
import type { Problem } from "../model/problem";
import type { Finding } from "./document";
import { describeIssues } from "./report";
import { pathKey, type Source } from "./source";

/** A value, when the input was good enough to have one, and everything that is wrong with it. */
export interface Checked<Value> {
  readonly value?: Value;
  readonly problems: readonly Problem[];
}

/** Checks a document's data: the complaints of its YAML and of its schema, each value complained about once. */
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  source: Source,
  findings: readonly Finding[],
): Checked<z.infer<Schema>> {
  const result = schema.safeParse(source.data);
  const complaints = result.success ? [] : describeIssues(result.error.issues, schema, source);
  const told = new Set(complaints.map(({ path }) => pathKey(path)));
  const kept = findings.filter(({ certain, path }) => certain || !told.has(pathKey(path)));
  const problems = [...kept, ...complaints].map(({ problem }) => problem);
  return result.success ? { value: result.data, problems } : { problems };
}
