import type { Problem } from "../model/problem";
import type { Finding } from "./document";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import { type Path, type Places, type Source, valueAt } from "./source";
import { readStackConfig, stackFile, type RuntimeConfig, type StackConfig } from "./stack-file";

/** The keys that a stack of tenants has of its own: all others are its platform's, and hold for both. */
const ownKeys: readonly string[] = ["scope", "platform", "tenants"];

const isOwn = (path: Path): boolean => path.length === 0 || ownKeys.includes(String(path[0]));

const keysOf = (data: unknown): readonly (readonly [string, unknown])[] =>
  typeof data === "object" && data !== null ? Object.entries(data) : [];

/** The platform's settings with what the stack of tenants says of itself; each value's place is in the file that says it. */
function joined(own: Source, platform: Source): Source {
  const of = (path: Path): Source => (isOwn(path) ? own : platform);
  return {
    data: Object.fromEntries([
      ...keysOf(platform.data).filter(([key]) => !ownKeys.includes(key)),
      ...keysOf(own.data).filter(([key]) => ownKeys.includes(key)),
    ]),
    prefix: own.prefix,
    placeOf: (path, part) => of(path).placeOf(path, part),
    writtenAt: (path) => of(path).writtenAt(path),
    refuses: (path) => of(path).refuses(path),
  };
}

/**
 * Reads the `estate:` keys of a stack. A stack of tenants names the stack with its platform, whose settings hold in both:
 * they are written once.
 */
export function readScopedConfig(
  projectDir: string,
  stack: string,
  runtime: RuntimeConfig | undefined,
  takesText: Parameters<typeof readStackConfig>[3],
): StackConfig {
  const own = readStackConfig(projectDir, stack, runtime, takesText);
  const name = valueAt(own.source?.data, ["platform"]);
  if (own.source === undefined || valueAt(own.source.data, ["scope"]) !== "tenants" || typeof name !== "string")
    return own;
  const { source } = own;
  const strangers = keysOf(source.data)
    .filter(([key]) => !ownKeys.includes(key))
    .map(([key]) =>
      mistake(
        "P022",
        source.placeOf([key], "key"),
        `"estate:${key}" is the platform's`,
        `write it in ${stackFile(name)}, which holds here, too`,
      ),
    );
  const platform = readStackConfig(projectDir, name, undefined, takesText);
  const placed = platform.problems.map((problem) =>
    // A file that is not there has no place in it.
    problem.code === "P015" ? { ...problem, place: source.placeOf(["platform"]) } : problem,
  );
  if (platform.source === undefined) return { findings: [], problems: [...own.problems, ...strangers, ...placed] };
  const scope = valueAt(platform.source.data, ["scope"]) ?? "everything";
  const whole =
    scope === "platform"
      ? []
      : [
          mistake(
            "P023",
            source.placeOf(["platform"]),
            `stack "${name}" has another scope than platform`,
            `name the stack with the platform, or write "estate:scope: platform" in ${stackFile(name)}`,
          ),
        ];
  const findings = (of: StackConfig, wanted: (path: Path) => boolean): Finding[] =>
    of.findings.filter(({ path }) => wanted(path));
  return {
    source: joined(source, platform.source),
    findings: [...findings(own, isOwn), ...findings(platform, (path) => !isOwn(path))],
    problems: [...own.problems, ...strangers, ...placed, ...whole],
  };
}

/** Whether a stack's scope and its other keys fit each other. */
export function checkScope({ scope, platform, tenants }: Settings, { placeOf }: Places): Problem[] {
  if (scope === "tenants")
    return platform === undefined
      ? [
          mistake(
            "K004",
            placeOf(["scope"]),
            '"estate:platform" is required with the scope tenants',
            "name the stack with the platform",
          ),
        ]
      : [];
  const stray =
    platform === undefined
      ? []
      : [
          mistake(
            "P022",
            placeOf(["platform"], "key"),
            `"estate:platform" is for the scope tenants, and this stack's is ${scope}`,
            "remove it, or change the scope",
          ),
        ];
  const selected = scope === "platform" && (tenants.only !== undefined || tenants.except !== undefined);
  return selected
    ? [
        ...stray,
        mistake(
          "P022",
          placeOf(["tenants"], "key"),
          '"estate:tenants" is for stacks of tenants, and this one has the platform',
          "move it to the stack of tenants",
        ),
      ]
    : stray;
}
