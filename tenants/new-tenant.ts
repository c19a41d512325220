import { join } from "node:path";
import { parseDocument } from "../config/document";
import { legible, mistake } from "../config/mistake";
import { hasErrors, readSettings, type Features } from "../config/settings";
import { stacksOf } from "../config/stack-file";
import { EstateError, formatProblem, sortProblems, type Problem } from "../model/problem";
import { entryOf, readTenantFiles } from "./files";
import { readTenants } from "./load";
import { nameProblems } from "./name";

/** What a new tenant's file says; what is absent is left to the defaults of the schema. */
export interface NewTenant {
  readonly displayName: string;
  /** The address of who answers for it. */
  readonly owner: string;
  readonly costCenter?: string;
  readonly profile?: string;
  readonly isolation?: string;
  readonly environments?: readonly string[];
  readonly applications?: readonly string[];
}

/** Text that YAML of every age reads as that text, in a block and in `{ }` and `[ ]` alike; anything else is put in quotes. */
function scalar(text: string): string {
  const plain = /^[A-Za-z][\w.@+-]*(?: [\w.@+-]+)*$/.test(text);
  const surprising = /^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text);
  return plain && !surprising ? text : JSON.stringify(text);
}

const list = (items: readonly string[]): string => `[${items.map(scalar).join(", ")}]`;

/** The text of a tenant's file, with the modeline by which editors find the schema. */
export function tenantText(tenant: NewTenant): string {
  const { displayName, owner, costCenter, profile, isolation, environments, applications = [] } = tenant;
  return [
    "# yaml-language-server: $schema=./tenant.schema.json",
    "schema: 1",
    `displayName: ${scalar(displayName)}`,
    `owner: { email: ${scalar(owner)} }`,
    ...(costCenter === undefined ? [] : [`costCenter: ${scalar(costCenter)}`]),
    ...(profile === undefined ? [] : [`profile: ${scalar(profile)}`]),
    ...(isolation === undefined ? [] : [`isolation: ${scalar(isolation)}`]),
    ...(environments === undefined ? [] : [`environments: ${list(environments)}`]),
    ...(applications.length === 0
      ? []
      : ["applications:", ...applications.map((name) => `  - { name: ${scalar(name)} }`)]),
    "",
  ].join("\n");
}

/** Where a new tenant would come to be. */
export interface NewTenantRequest {
  readonly projectDir: string;
  readonly features: Features;
  readonly name: string;
  readonly text: string;
}

/**
 * Everything that would be wrong with a new tenant's file, in any stack of the project, before it is written: its own
 * mistakes, a name that is taken, and what it would collide with. What is wrong without it is not told.
 */
export function newTenantProblems({ projectDir, features, name, text }: NewTenantRequest): Problem[] {
  const file = legible(`tenants/${name}.yaml`);
  const form = nameProblems(name, [], { file });
  if (form.length > 0) return form;
  const directory = join(projectDir, "tenants");
  const { entries } = readTenantFiles(directory, features);
  if (entries.some((entry) => entry.name === name))
    return [mistake("N005", { file }, `tenant "${name}" again`, `it is defined in ${file}`)];
  const own = entryOf(name, file, parseDocument(Buffer.from(text), file), features);
  const problems = stacksOf(projectDir).flatMap((stack) => {
    const { settings, source, problems: wrong } = readSettings({ projectDir, stack, features });
    if (settings === undefined || source === undefined) throw new EstateError(wrong.filter((one) => hasErrors([one])));
    if (settings.scope === "platform") return [];
    const told = (all: typeof entries): Problem[] => [
      ...readTenants({ entries: all, problems: [] }, { directory, settings, features, settingsPlaces: source })
        .problems,
    ];
    const before = new Set(told(entries).map(formatProblem));
    return told([...entries, own.entry]).filter((problem) => !before.has(formatProblem(problem)));
  });
  const all = [...own.problems, ...problems];
  return sortProblems([...new Map(all.map((problem) => [formatProblem(problem), problem])).values()]);
}
