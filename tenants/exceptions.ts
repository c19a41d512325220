import { z } from "zod";
import { checkProfile } from "../config/check-profile";
import { mistake, warning } from "../config/mistake";
import { describeIssues } from "../config/report";
import { surpriseOf } from "../config/scalar";
import { type Settings, settingsSchema } from "../config/schema";
import type { Features } from "../config/settings";
import { type Path, pathKey, type Source } from "../config/source";
import type { Problem } from "../model/problem";
import { applyExceptions, exceptionPath } from "../model/profile";
import type { ReadableEntry } from "./entry";
import type { Tenant } from "./schema";

type Exception = Tenant["exceptions"][number];

const anyObject = z.record(z.string(), z.json());

/** The changed profile as a source: its complaints stand at the exception that made them. */
function exceptionSource(data: unknown, exception: Exception, at: Path, { placeOf, writtenAt }: Source): Source {
  const set = exceptionPath(exception.set);
  return {
    data,
    prefix: "",
    placeOf: (path, part) =>
      part === "key" || path.length < set.length
        ? placeOf([...at, "set"])
        : placeOf([...at, "value", ...path.slice(set.length)]),
    writtenAt: (path) => writtenAt([...at, "value", ...path.slice(set.length)]),
    // What the YAML itself complained about is told once.
    refuses: () => surpriseOf(writtenAt([...at, "value"]) ?? "", exception.value) !== undefined,
  };
}

function doubled({ tenant, source }: ReadableEntry): Problem[] {
  const keys = tenant.exceptions.map(({ set, environment }) => pathKey([...exceptionPath(set), environment ?? ""]));
  return tenant.exceptions.flatMap((exception, index) => {
    const first = keys.indexOf(keys[index] ?? "");
    if (first === index) return [];
    const { line, column } = source.placeOf(["exceptions", first, "set"]);
    const where = line === undefined ? `item ${first + 1}` : `${line}:${column ?? 1}`;
    return [
      mistake(
        "K011",
        source.placeOf(["exceptions", index, "set"]),
        `exception from "${exception.set}" again; first at ${where}`,
        "keep one of the two",
      ),
    ];
  });
}

/** The schema of a profile, with the keys that `features` bring. */
export function profileSchema(features: Features) {
  return settingsSchema(features).shape.profiles.valueType;
}

type ProfileSchema = ReturnType<typeof profileSchema>;

/**
 * Whether every exception changes something that the profile has, to something that it may be. `environments` are the
 * tenant's own.
 */
export function checkExceptions(
  entry: ReadableEntry,
  settings: Settings,
  schema: ProfileSchema,
  environments: readonly string[],
): Problem[] {
  const { tenant, source } = entry;
  const profile = Object.hasOwn(settings.profiles, tenant.profile) ? settings.profiles[tenant.profile] : undefined;
  if (profile === undefined || tenant.exceptions.length === 0) return [];
  const base = anyObject.parse(profile);
  const problems = tenant.exceptions.flatMap((exception, index) => {
    const changed = applyExceptions(base, [{ ...exception, environment: undefined }], "");
    const result = schema.safeParse(changed);
    if (result.success) return [];
    const inside = exceptionSource(changed, exception, ["exceptions", index], source);
    return describeIssues(result.error.issues, schema, inside).map(({ problem }) => problem);
  });
  const all = [...doubled(entry), ...problems];
  // Numbers that are fine alone need not fit each other.
  return problems.length > 0 ? all : [...all, ...unfitting(entry, base, schema, environments)];
}

function unfitting(
  entry: ReadableEntry,
  base: z.infer<typeof anyObject>,
  schema: ProfileSchema,
  environments: readonly string[],
): Problem[] {
  const { tenant, source } = entry;
  // What the profile itself has wrong is told where it stands.
  const before = new Set(checkProfile(schema.parse(base), [], source).map(({ cause }) => cause));
  const found = environments.flatMap((environment) => {
    const holding = tenant.exceptions.flatMap((exception, index) =>
      exception.environment === undefined || exception.environment === environment ? [{ exception, index }] : [],
    );
    const result = schema.safeParse(applyExceptions(base, tenant.exceptions, environment));
    if (holding.length === 0 || !result.success) return [];
    // The exception that changed the number, or else the last one that touched its part of the profile.
    const placeOf: Source["placeOf"] = (path) => {
      const touching = holding.filter(({ exception }) => exceptionPath(exception.set)[0] === path[0]);
      const exact = touching.find(({ exception }) => pathKey(exceptionPath(exception.set)) === pathKey(path));
      const index = (exact ?? touching.at(-1) ?? holding.at(-1))?.index ?? 0;
      return source.placeOf(["exceptions", index, "value"]);
    };
    return checkProfile(result.data, [], { placeOf }).filter(({ cause }) => !before.has(cause));
  });
  return [...new Map(found.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** Warnings for exceptions that ended before `today` (`YYYY-MM-DD`): they still hold, until somebody removes them. */
export function endedExceptions(entries: readonly ReadableEntry[], today: string): Problem[] {
  return entries.flatMap(({ tenant, source }) =>
    tenant.exceptions.flatMap(({ set, until }, index) =>
      until < today
        ? [
            warning(
              "P013",
              source.placeOf(["exceptions", index, "until"]),
              `the exception from "${set}" ended on ${until}`,
              "remove it, or have it approved again",
            ),
          ]
        : [],
    ),
  );
}
