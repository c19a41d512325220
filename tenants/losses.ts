import { engineName, engines } from "../engines";
import { mistake } from "../config/mistake";
import type { Settings } from "../config/schema";
import type { Places } from "../config/source";
import type { Problem } from "../model/problem";
import { environmentsOf, isSelected } from "./check";
import { readableEntries, type ReadableEntry, type TenantEntry } from "./entry";
import type { Held, HeldHome, HeldTenant } from "./held";
import { nextState } from "./lifecycle";

/** What would be lost is found by these. */
export interface LossesRequest {
  /** What the stack held after its last run. */
  readonly held: Held;
  /** All tenant files as they are now. */
  readonly entries: readonly TenantEntry[];
  readonly settings: Settings;
  readonly places: Places;
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/** Everything of one tenant that was held, as a report names it. */
function holdings({ state, homes }: HeldTenant): string {
  const where = homes.map(({ cluster, namespace }) => `${cluster}/${namespace}`);
  return [state, ...where.slice(0, 4), ...(where.length > 4 ? [`${String(where.length - 4)} more`] : [])].join(", ");
}

function isLetGo(settings: Settings, name: string, environment?: string): boolean {
  const { letGo = [] } = settings.tenants;
  return letGo.includes(name) || (environment !== undefined && letGo.includes(`${name}/${environment}`));
}

/** A tenant whose file is gone: deleted, or renamed. */
function withoutFile(tenant: HeldTenant, { entries, held }: LossesRequest): Problem {
  const { name } = tenant;
  const file = `tenants/${name}.yaml`;
  // Not `git restore`, which leaves the file unknown to Git: the next commit of it by its name would fail.
  const back = `git checkout "$(git rev-list -1 HEAD -- ${file})~" -- ${file}`;
  const renamed = readableEntries(entries).find((entry) => entry.tenant.formerName === name);
  if (renamed !== undefined)
    return mistake(
      "L002",
      renamed.source.placeOf(["formerName"]),
      `what tenant "${name}" has cannot take another name, and this stack still holds it: ${holdings(tenant)}`,
      `take formerName out, bring the old file back (${back}), run pulumi up: both are there. Move what it holds, then ` +
        `npx estate offboard ${name} until it is removed; its file then stays, and keeps the name. ` +
        "To change only what people see, change displayName (docs/how-to/change.md)",
    );
  const fresh = entries
    .filter((entry) => !held.tenants.some((own) => own.name === entry.name))
    .map((entry) => entry.file);
  const perhaps =
    fresh.length === 1 ? `; if ${fresh[0] ?? ""} is the same tenant, see docs/how-to/move.md, "Another name"` : "";
  return mistake(
    "L001",
    { file },
    `the file of tenant "${name}" is gone, and this stack still holds it: ${holdings(tenant)}`,
    `bring it back (not committed yet: git restore ${file}; committed: ${back}); to remove it, npx estate offboard ${name}, ` +
      `a run after each step${perhaps}`,
  );
}

/** A tenant that this stack is told to leave out. */
function deselected(tenant: HeldTenant, { settings, places }: LossesRequest): Problem {
  const { name } = tenant;
  const platform = settings.scope === "platform";
  return mistake(
    "L003",
    places.placeOf([platform ? "scope" : "tenants"], "key"),
    (platform ? "a platform has no tenants" : `estate:tenants leaves "${name}" out`) +
      `, and this stack still holds tenant "${name}": ${holdings(tenant)}`,
    `to hand it to another stack, npm run move-tenants -- --from <this> --to <other> --yes; to remove it, take this back and ` +
      `npx estate offboard ${name}, a run after each step`,
  );
}

/** A step on the way out that was left out, or came too early. */
function hastened(tenant: HeldTenant, { tenant: { lifecycle }, source }: ReadableEntry, today: string): Problem[] {
  const { name, state } = tenant;
  if (state !== "retiring")
    return [
      mistake(
        "L004",
        source.placeOf(["lifecycle", "state"]),
        `tenant "${name}" is ${state} in this stack, and would be removed in one step`,
        `write ${nextState(state) ?? state}, and run pulumi up; then npx estate offboard ${name}, a run after each step: ` +
          "what is retiring may be removed",
      ),
    ];
  const { keepDataUntil } = lifecycle;
  if (keepDataUntil === undefined || keepDataUntil < today) return [];
  return [
    mistake(
      "L005",
      source.placeOf(["lifecycle", "keepDataUntil"]),
      `what tenant "${name}" holds is kept until ${keepDataUntil}`,
      "write retiring and remove it after that day, or change the day",
    ),
  ];
}

/** Homes of environments that the tenant's file does not want any more. */
function leftEnvironments({ name, homes }: HeldTenant, entry: ReadableEntry, settings: Settings): Problem[] {
  const wanted = environmentsOf(entry.tenant, settings);
  const gone = [...new Set(homes.map(({ environment }) => environment))].filter(
    (environment) => !wanted.includes(environment) && !isLetGo(settings, name, environment),
  );
  return gone.map((environment) => {
    const own = homes.filter((home) => home.environment === environment);
    const where = own.map(({ cluster, namespace }) => `${cluster}/${namespace}`).join(", ");
    return mistake(
      "L006",
      entry.source.placeOf(["environments"]),
      `environment "${environment}" is not wanted any more, and this stack still holds ${where}`,
      `write ${environment} again, and move what is there; then take it out and let it go in the stack's file: ` +
        `estate:tenants: { letGo: [${name}/${environment}] }`,
    );
  });
}

/** A home of a tenant that lives, in an environment that it wants, on a cluster that the environment is not on any more. */
interface LeftHome extends HeldHome {
  readonly tenant: string;
  /** Whether the tenant has a home of the environment on a cluster that stays. */
  readonly moved: boolean;
}

function leftHomes({ name, homes }: HeldTenant, { tenant }: ReadableEntry, settings: Settings): LeftHome[] {
  const wanted = environmentsOf(tenant, settings);
  const stays = ({ environment, cluster }: HeldHome): boolean =>
    settings.environments[environment]?.clusters.includes(cluster) === true;
  return homes
    .filter((home) => wanted.includes(home.environment) && !stays(home) && !isLetGo(settings, name, home.environment))
    .map((home) => ({
      ...home,
      tenant: name,
      moved: homes.some((other) => other.environment === home.environment && stays(other)),
    }));
}

/** One report for each environment and cluster, however many tenants there are. */
function leftClusters(homes: readonly LeftHome[], { settings, places }: LossesRequest): Problem[] {
  const pairs = new Map(homes.map((home) => [`${home.environment} ${home.cluster}`, home]));
  return [...pairs.values()].flatMap(({ environment, cluster }) => {
    const here = homes.filter((home) => home.environment === environment && home.cluster === cluster);
    const { clusters = [], leaves = [] } = settings.environments[environment] ?? {};
    const unmoved = here.filter(({ moved }) => !moved);
    const told = unmoved.length > 0 ? unmoved : here;
    const names = told.map(({ tenant }) => tenant).sort();
    const some =
      names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${String(names.length - 5)} more` : names.join(", ");
    const place = places.placeOf(["environments", environment, "clusters"]);
    const last = `clusters: [${clusters.join(", ")}] with leaves: [${cluster}]`;
    if (unmoved.length > 0)
      return [
        mistake(
          "L007",
          place,
          `environment "${environment}" leaves cluster "${cluster}" in one step, and has no other home yet for ${some}`,
          `write clusters: [${[cluster, ...clusters].join(", ")}], run pulumi up, and move what volumes hold; then ${last}`,
        ),
      ];
    if (leaves.includes(cluster)) return [];
    return [
      mistake(
        "L008",
        place,
        `environment "${environment}" leaves cluster "${cluster}", where this stack still holds ${some}`,
        `when what volumes hold has moved, say so: ${last}`,
      ),
    ];
  });
}

/** Another GitOps engine, while the one of before may take along what it brought. */
function changedEngine({ held: { tenants, engine }, settings, places }: LossesRequest): Problem[] {
  const next = engineName(settings.gitops);
  if (engine === undefined || engine.leaves || engine.kind === next) return [];
  // What stands on a platform alone is in other stacks.
  const nothing = tenants.length === 0 && Object.keys(settings.addons).length === 0 && settings.scope !== "platform";
  if (nothing) return [];
  const write = engines.find(({ kind }) => kind === engine.kind)?.leaving?.write;
  if (write === undefined) return [];
  return [
    mistake(
      "L009",
      places.placeOf(["gitops"], "key"),
      `"${engine.kind}" gives way to "${next}" in one step, and may take along what it brought: products, virtual clusters, addons`,
      `write ${write}, run pulumi up; then this (docs/argocd.md, "From Flux, and back")`,
    ),
  ];
}

/**
 * What this run would delete that nobody has let go of in a step of its own: a tenant whose file is gone, is renamed, left
 * out or removed too early; homes of an environment or a cluster that it leaves; what an engine brought. Each with the next step. Pure.
 */
export function checkLosses(request: LossesRequest): Problem[] {
  const { held, entries, settings, today } = request;
  const files = new Map(readableEntries(entries).map((entry) => [entry.name, entry]));
  const left: LeftHome[] = [];
  const problems = held.tenants.flatMap((tenant): Problem[] => {
    if (isLetGo(settings, tenant.name)) return [];
    if (settings.scope === "platform") return [deselected(tenant, request)];
    const entry = files.get(tenant.name);
    if (entry === undefined) return [withoutFile(tenant, request)];
    if (!isSelected(tenant.name, settings.tenants)) return [deselected(tenant, request)];
    if (entry.tenant.lifecycle.state === "removed") return hastened(tenant, entry, today);
    left.push(...leftHomes(tenant, entry, settings));
    return leftEnvironments(tenant, entry, settings);
  });
  return [...problems, ...leftClusters(left, request), ...changedEngine(request)];
}
