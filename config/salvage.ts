import type { z } from "zod";

type Issue = z.core.$ZodIssue;
type Container = Record<PropertyKey, unknown>;

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

/** Takes one value out; an item of a list leaves a hole, so that later paths still lead where they did. */
function takeOut(data: unknown, path: readonly PropertyKey[]): void {
  const last = path.at(-1);
  if (last === undefined) return;
  const holder = path.slice(0, -1).reduce<unknown>((value, key) => (isContainer(value) ? value[key] : undefined), data);
  if (isContainer(holder)) Reflect.deleteProperty(holder, last);
}

function withoutHoles(value: unknown): unknown {
  if (Array.isArray(value)) return Object.values(value).map(withoutHoles);
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutHoles(inner)]));
}

/** A value taken out can make its holder wrong in turn; deeper than this nobody nests settings. */
const rounds = 4;

/**
 * What is left of some data once everything that the schema complains about is taken out, with `missing` where a required
 * key is; undefined when too little is left. Only for finding more mistakes: one report tells of a misspelt key and of the
 * unknown profile beside it.
 */
export function salvage<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  issues: readonly Issue[],
  missing: Readonly<Record<string, unknown>> = {},
): z.infer<Schema> | undefined {
  if (!isContainer(data)) return undefined;
  let left: unknown = structuredClone(data);
  let wrong = issues;
  for (let round = 0; round < rounds; round += 1) {
    for (const issue of wrong) {
      if (issue.code === "unrecognized_keys") for (const key of issue.keys) takeOut(left, [...issue.path, key]);
      else takeOut(left, issue.path);
    }
    left = { ...missing, ...(withoutHoles(left) as object) };
    const result = schema.safeParse(left);
    if (result.success) return result.data;
    wrong = result.error.issues;
  }
  return undefined;
}
