import { nameOf, type Preview, type ResourceState, type Step, typeOf } from "./preview";
import { maskedValue, pathParts, valueAt } from "./values";

/**
 * What becomes of a resource. `adopt` takes over what is there, `forget` lets go of it and deletes nothing; `keep` leaves it as
 * somebody else made it.
 */
export type Action = "create" | "update" | "replace" | "delete" | "adopt" | "forget" | "keep";

/** The system that a resource is in. */
export type Plane = "Kubernetes" | "Vault" | "GitLab" | "registry" | "AWS" | "other";

/** One field of a resource, before and after; `undefined` where it is not there. Nothing in it is secret. */
export interface FieldChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  /** It cannot be changed, so the resource is made anew. */
  readonly replaces: boolean;
}

/** One resource that changes, with all its steps put together. */
export interface Change {
  readonly action: Action;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Whose it is: a tenant, or a personal sandbox, whose names no tenant has; absent for what is the platform's. */
  readonly tenant?: string;
  readonly plane: Plane;
  /** Of what is in Kubernetes. */
  readonly cluster?: string;
  /** Pulumi refuses to delete it. */
  readonly protected: boolean;
  readonly fields: readonly FieldChange[];
  readonly before?: ResourceState;
  readonly after?: ResourceState;
  /** The refresh found it gone, or otherwise than the state says: somebody else's work. */
  readonly drift?: "gone" | "changed";
}

const componentOfTenant = "estate:index:Tenant";
const prefixOfTenant = "tenant-";
const componentOfSandbox = "estate:index:Sandbox";

/** Names of tenants come from the program's own tree: everything of a tenant or a sandbox stands below one component. */
function tenantOf(urn: string, parents: ReadonlyMap<string, string>): string | undefined {
  for (let at: string | undefined = urn, steps = 0; at !== undefined && at !== "" && steps < 20; steps += 1) {
    if (typeOf(at) === componentOfTenant) return nameOf(at).slice(prefixOfTenant.length);
    if (typeOf(at) === componentOfSandbox) return nameOf(at);
    at = parents.get(at);
  }
  return undefined;
}

const planes: readonly (readonly [string, Plane])[] = [
  ["kubernetes", "Kubernetes"],
  ["vault", "Vault"],
  ["gitlab", "GitLab"],
  ["harbor", "registry"],
  ["aws", "AWS"],
];

/** The plane of a type's token: the package is what stands before the first colon. */
export function planeOf(type: string): Plane {
  const name = type.startsWith("pulumi:providers:") ? "" : type.split(":")[0];
  return planes.find(([packageName]) => packageName === name)?.[1] ?? "other";
}

/** Clusters' providers are called `<cluster>-provider`. */
function clusterOf(provider: string): string | undefined {
  if (!provider.includes("pulumi:providers:kubernetes::")) return undefined;
  const name = provider.split("::")[3] ?? "";
  return name.replace(/-provider$/, "");
}

/** Words of the engine for one resource's steps, and what they come to. */
function actionOf(steps: readonly Step[]): Action | undefined {
  const ops = new Set(steps.map(({ op }) => op));
  const has = (...names: readonly string[]): boolean => names.some((name) => ops.has(name));
  if (has("replace", "create-replacement", "delete-replaced", "import-replacement")) return "replace";
  if (has("import")) return "adopt";
  if (has("discard", "discard-replaced")) return "forget";
  if (has("delete"))
    return steps.some(({ op, before }) => op === "delete" && before?.retained === true) ? "forget" : "delete";
  if (has("create")) return "create";
  return has("update") ? "update" : undefined;
}

/** Property paths and the kind of their change; without a detailed diff, the top-level keys that differ. */
function pathsOf({ paths, keys, replacing }: Step): [string, Step["paths"][string]][] {
  if (Object.keys(paths).length > 0) return Object.entries(paths);
  return keys.map((key) => [key, { kind: replacing.includes(key) ? "update-replace" : "update", inputs: false }]);
}

function fieldsOf(step: Step): FieldChange[] {
  const { before, after } = step;
  return pathsOf(step).map(([path, { kind, inputs }]) => {
    const parts = pathParts(path);
    const field = String(parts.at(-1) ?? "");
    const old = (inputs ? undefined : valueAt(before?.outputs, parts)) ?? valueAt(before?.inputs, parts);
    // What a refresh found stands in the outputs; what the program wants, in the inputs.
    const sides = step.found === undefined ? [after?.inputs, after?.outputs] : [after?.outputs, after?.inputs];
    const now = valueAt(sides[0], parts) ?? valueAt(sides[1], parts);
    return {
      path,
      before: kind.startsWith("add") ? undefined : maskedValue(old, field),
      after: kind.startsWith("delete") ? undefined : maskedValue(now, field),
      replaces: kind.endsWith("-replace"),
    };
  });
}

function changeOf(urn: string, steps: readonly Step[], parents: ReadonlyMap<string, string>): Change[] {
  const wanted = steps.filter(({ found }) => found === undefined);
  const refreshed = steps.find(({ found }) => found !== undefined);
  const action = actionOf(wanted) ?? (refreshed === undefined ? undefined : "keep");
  if (action === undefined) return [];
  const type = typeOf(urn);
  const main = wanted.find(({ op }) => op === "replace") ?? wanted.find(({ op }) => op !== "same") ?? refreshed;
  const before = steps.map((step) => step.before).find((state) => state !== undefined);
  const after = steps
    .map((step) => step.after)
    .filter((state) => state !== undefined)
    .at(-1);
  const cluster = steps.map(({ provider }) => clusterOf(provider)).find((name) => name !== undefined);
  const tenant = tenantOf(urn, parents);
  return [
    {
      action,
      urn,
      type,
      name: nameOf(urn),
      ...(tenant === undefined ? {} : { tenant }),
      plane: planeOf(type),
      ...(cluster === undefined ? {} : { cluster }),
      protected: before?.protect === true,
      fields: main === undefined || action === "create" || action === "delete" ? [] : fieldsOf(main),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined || action === "delete" ? {} : { after }),
      ...(refreshed?.found === undefined ? {} : { drift: refreshed.found }),
    },
  ];
}

/** The resources that a preview changes, each once, sorted by name. Providers and components count as none. */
export function changesOf({ steps }: Preview): Change[] {
  const parents = new Map(
    steps.flatMap((step) => {
      const parent = step.after?.parent ?? step.before?.parent;
      return parent === undefined ? [] : [[step.urn, parent] as const];
    }),
  );
  const byUrn = new Map<string, Step[]>();
  for (const step of steps) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  return [...byUrn]
    .filter(([urn]) => !typeOf(urn).startsWith("estate:index:") && !typeOf(urn).startsWith("pulumi:providers:"))
    .flatMap(([urn, own]) => changeOf(urn, own, parents))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.type < b.type ? -1 : 1));
}

/** The tenants that the preview makes: nothing of theirs was there before. */
export function newTenants({ steps }: Preview): ReadonlySet<string> {
  return new Set(
    steps
      .filter(({ urn, op }) => typeOf(urn) === componentOfTenant && op === "create")
      .map(({ urn }) => nameOf(urn).slice(prefixOfTenant.length)),
  );
}
