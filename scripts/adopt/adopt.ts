import { Complaint, type Reporter } from "@estate/sandbox";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtin } from "../../features";
import { EstateError } from "../../model/problem";
import { planEstate, type EstatePlan } from "../../plan/plan";
import type { TenantPlan } from "../../plan/tenant";
import { loadInputs, type Inputs } from "../../tenants/inputs";
import { newTenantProblems, tenantText } from "../../tenants/new-tenant";
import { changes, nameOf, type PulumiContext } from "../pulumi-cli";
import {
  fittingProfile,
  nameOfNamespace,
  readGroup,
  readNamespace,
  type FoundGroup,
  type FoundNamespace,
} from "./found";
import { findIds, type Systems } from "./ids";
import { below, withIds, type ImportList } from "./import-list";
import { programInputs, type ProgramInputs } from "./settle";
import { run, settle } from "./state";
import { openSystems } from "./systems";

/** What is adopted, and how far it goes. */
export interface AdoptArgs {
  readonly stack: string;
  readonly namespace: string;
  /** Path of the tenant's group. */
  readonly gitlab?: string;
  /** The one cluster to look at; all of the environment's when absent. */
  readonly cluster?: string;
  /** Who answers for the tenant; needed while it has no file. */
  readonly owner?: string;
  readonly profile?: string;
  /** Goes on to the import; otherwise only the file and the list are written. */
  readonly import: boolean;
  readonly tell: (line: string) => void;
  readonly progress: Reporter;
}

function inputsOf({ cwd, env }: PulumiContext, stack: string): Inputs {
  return loadInputs({ projectDir: cwd, stack, features: builtin, environment: { ...process.env, ...env } });
}

/** The namespaces that the tenant has already, in every environment. */
async function findNamespaces(
  { settings }: Inputs,
  tenant: string,
  { cluster: only }: AdoptArgs,
  clusters: Systems["clusters"],
): Promise<FoundNamespace[]> {
  const places = Object.entries(settings.environments).flatMap(([environment, { clusters: names }]) =>
    names.filter((name) => only === undefined || name === only).map((cluster) => ({ environment, cluster })),
  );
  const found: FoundNamespace[] = [];
  for (const { environment, cluster } of places) {
    const client = clusters.get(cluster);
    const namespace = client === undefined ? undefined : await readNamespace(client, cluster, tenant, environment);
    if (namespace !== undefined) found.push(namespace);
  }
  return found;
}

/** Writes the file of a tenant that has none, from what was found; one that is there stays as it is. */
function writeFile(
  { cwd }: PulumiContext,
  { settings }: Inputs,
  tenant: string,
  found: readonly FoundNamespace[],
  group: FoundGroup | undefined,
  { owner, profile: wanted, tell }: AdoptArgs,
): void {
  const file = join(cwd, "tenants", `${tenant}.yaml`);
  if (existsSync(file)) {
    tell(`tenants/${tenant}.yaml is there already, and stays`);
    return;
  }
  if (owner === undefined)
    throw new Complaint(
      `tenant ${tenant} has no owner yet`,
      "nothing that is there says who answers for it",
      "give --owner <e-mail>",
    );
  const fitting = fittingProfile(
    settings.profiles,
    found.map(({ quota }) => quota),
  );
  if (!fitting.fits && wanted === undefined)
    tell(
      `no profile has room for the quotas that are there; ${fitting.profile} is the largest: see the exceptions of docs/command.md`,
    );
  const environments = Object.keys(settings.environments).filter((name) =>
    found.some(({ environment }) => environment === name),
  );
  const text = tenantText({
    displayName: group?.displayName ?? tenant,
    owner,
    profile: wanted ?? fitting.profile,
    ...(environments.length === Object.keys(settings.environments).length ? {} : { environments }),
    ...(group === undefined ? {} : { applications: group.applications }),
  });
  const problems = newTenantProblems({ projectDir: cwd, features: builtin, name: tenant, text });
  if (problems.some(({ severity }) => severity === "error")) throw new EstateError(problems);
  writeFileSync(file, text);
  tell(`tenants/${tenant}.yaml written:\n${text.replace(/^(?=.)/gm, "  ")}`);
}

/** Asks Pulumi what it would make for the tenant, and the systems what of that is there. */
async function listImports(
  context: PulumiContext,
  plan: EstatePlan,
  tenant: TenantPlan,
  systems: Systems,
  { stack, progress }: AdoptArgs,
): Promise<{ readonly list: ImportList; readonly all: number; readonly program: ProgramInputs }> {
  const folder = mkdtempSync(join(tmpdir(), "estate-adopt-"));
  const task = progress.begin("asking Pulumi what it would make");
  try {
    const file = join(folder, "import.json");
    const preview = await run(context, "pulumi preview", "preview", "--stack", stack, "--json", "--import-file", file);
    const whole = JSON.parse(readFileSync(file, "utf8")) as ImportList;
    const own = below(whole, `tenant-${tenant.name}`);
    task.detail(`asking the systems about ${String(own.length)} resources`);
    const ids = await findIds(own, tenant, plan, systems);
    return { list: withIds(whole, ids), all: own.length, program: programInputs(preview) };
  } finally {
    task.end("");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The advice that ends it. */
function advise(
  tenant: string,
  found: readonly FoundNamespace[],
  group: FoundGroup | undefined,
  tell: AdoptArgs["tell"],
): void {
  const groups = [...new Set(found.flatMap((each) => each.groups))];
  if (groups.length > 0)
    tell(
      `\nWho gets in today by bindings of others, which stay: ${groups.join(", ")}. Name them under "access" instead.`,
    );
  if (group !== undefined && group.others.length > 0)
    tell(`Projects that stay as they are, their names are no applications': ${group.others.join(", ")}`);
  const clusters = [...new Set(found.map(({ cluster }) => cluster))];
  tell(
    `\nLet the guardrails of ${clusters.join(", ")} warn before they refuse: what ${tenant} runs was not written for them. In the stack file:`,
  );
  for (const cluster of clusters)
    tell(`  estate:clusters: ${cluster}: guardrails: warn      # enforce, once nothing is told any more`);
}

/**
 * Takes what exists into the estate: reads it, writes the tenant's file and the list of imports, and, if asked, imports it.
 * No system is written to. Gives the exit code.
 */
export async function adopt(context: PulumiContext, args: AdoptArgs): Promise<number> {
  const { stack, tell, progress } = args;
  const before = inputsOf(context, stack);
  const { tenant: name, environment } = nameOfNamespace(args.namespace, Object.keys(before.settings.environments));
  const systems = openSystems(before, context);
  try {
    const found = await findNamespaces(before, name, args, systems.clusters);
    if (!found.some((each) => each.environment === environment))
      throw new Complaint(
        `no namespace ${args.namespace}`,
        `none of the clusters of environment ${environment}${args.cluster === undefined ? "" : ` (only ${args.cluster} was asked)`} has one`,
        "correct --namespace or --cluster",
      );
    if (args.gitlab !== undefined && systems.gitlab === undefined)
      throw new Complaint("GitLab cannot be asked", "GITLAB_TOKEN is not set", "export a token that reads the group");
    const group =
      args.gitlab === undefined || systems.gitlab === undefined
        ? undefined
        : await readGroup(systems.gitlab, args.gitlab, `${before.settings.gitlab.parent}/${name}`);
    for (const { cluster, namespace } of found) tell(`found ${cluster}/${String(namespace.metadata.name)}`);
    writeFile(context, before, name, found, group, args);

    const inputs = inputsOf(context, stack);
    const plan = planEstate({ ...inputs, features: builtin });
    const tenant = plan.tenants.find((each) => each.name === name);
    if (tenant === undefined)
      throw new Complaint(
        `stack ${stack} does not raise ${name}`,
        "estate:tenants leaves it out",
        "add it there, or name its stack",
      );
    const { list, all, program } = await listImports(context, plan, tenant, systems, args);
    const count = list.resources.filter(({ component }) => component !== true).length;
    const file = `import-${name}.json`;
    writeFileSync(join(context.cwd, file), `${JSON.stringify(list, undefined, 2)}\n`);
    tell(
      `${file} written: ${String(count)} of ${String(all)} resources are there and are imported, ${String(all - count)} are made by the next pulumi up`,
    );
    if (!args.import) {
      tell(
        `\nNothing is imported yet. Read both files, then:\n  npx estate adopt --namespace ${args.namespace} --stack ${stack} --import`,
      );
      advise(name, found, group, tell);
      return 0;
    }
    const task = progress.begin("importing");
    const path = join(context.cwd, file);
    // Without protection: the program says what is protected.
    const options = ["--protect=false", "--generate-code=false", "--yes"];
    if (count > 0) await run(context, "pulumi import", "import", "--stack", stack, "--file", path, ...options);
    await settle(context, name, program, systems.clusters, args);
    task.end("imported");
    await showRest(context, name, args);
    advise(name, found, group, tell);
    return 0;
  } finally {
    systems.close();
  }
}

/** What the next `pulumi up` would do: new things, and those that do not fit yet. */
async function showRest(context: PulumiContext, tenant: string, { stack, tell, progress }: AdoptArgs): Promise<void> {
  const task = progress.begin("asking Pulumi what is left to do");
  const steps = changes(await run(context, "pulumi preview", "preview", "--stack", stack, "--json"));
  task.end("");
  const of = (op: string): string[] => steps.filter((step) => step.op === op).map(({ urn }) => nameOf(urn));
  const others = steps.filter(({ op }) => op !== "create" && op !== "update");
  tell(
    `\nThe next pulumi up of stack ${stack}: ${String(of("create").length)} new, ${String(of("update").length)} changed, ${String(others.length)} replaced or deleted`,
  );
  for (const name of of("update")) tell(`  ~ ${name}`);
  for (const { op, urn } of others) tell(`  ${op} ${nameOf(urn)}`);
  tell(
    `  npx estate plan --stack ${stack}; pulumi preview --diff --stack ${stack}      # tenant ${tenant}, field by field`,
  );
}
