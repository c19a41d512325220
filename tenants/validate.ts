import { join } from "node:path";
import { endOfSupport } from "../config/end-of-support";
import { endedSandboxes } from "../config/sandboxes";
import { type Features, readSettings } from "../config/settings";
import { stacksOf } from "../config/stack-file";
import { formatProblem, type Problem, sortProblems } from "../model/problem";
import { endedExceptions } from "./exceptions";
import { readTenantFiles } from "./files";
import { nameForms, readTenants } from "./load";
import { type Shard, sharedTenants } from "./shards";

/** What to validate. */
export interface ValidationRequest {
  readonly projectDir: string;
  readonly features: Features;
  /** All stacks that have a file when absent. */
  readonly stacks?: readonly string[];
  /** `YYYY-MM-DD`: exceptions that ended before are told, and versions of Kubernetes that soon do. */
  readonly today: string;
}

/** The one report about a project's files. */
export interface Validation {
  readonly problems: readonly Problem[];
  readonly stacks: readonly string[];
  /** How many tenant files there are. */
  readonly tenants: number;
}

function withoutRepetition(problems: readonly Problem[]): Problem[] {
  return sortProblems([...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()]);
}

/** Checks the stack files and the tenants against each of them, without any cluster, secret or network. */
export function validateProject({ projectDir, features, stacks, today }: ValidationRequest): Validation {
  const directory = join(projectDir, "tenants");
  const files = readTenantFiles(directory, features);
  const names = stacks ?? stacksOf(projectDir);
  const shards: Shard[] = [];
  const problems = names.flatMap((stack) => {
    const { settings, source, problems: wrong } = readSettings({ projectDir, stack, features });
    if (settings === undefined || source === undefined) return [...wrong, ...nameForms(files)];
    const ending = [...endOfSupport(settings, today, source), ...endedSandboxes(settings, today, source)];
    if (settings.scope === "platform") return [...wrong, ...ending];
    if (settings.scope === "tenants") shards.push({ stack, settings, source });
    const tenants = readTenants(files, { directory, settings, features, settingsPlaces: source });
    return [...wrong, ...tenants.problems, ...endedExceptions(tenants.selected, today), ...ending];
  });
  return {
    problems: withoutRepetition([...files.problems, ...problems, ...sharedTenants(files, shards)]),
    stacks: names,
    tenants: files.entries.length,
  };
}
