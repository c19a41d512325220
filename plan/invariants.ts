import { guardrails, policyNames } from "../guardrails";
import { modeOf } from "../guardrails/mode";
import { label } from "../model/labels";
import { dataNamespace, poolName, releaseName } from "../model/names";
import { suspendRole } from "../model/people";
import { engineRole, tenantRole } from "../model/platform";
import { objectAddress, type KubernetesObject } from "../model/kubernetes";
import { productFolder } from "../model/product";
import { placesOf } from "./home";
import type { EstatePlan } from "./plan";
import type { TenantPlan } from "./tenant";
import type { SandboxPlan } from "./sandboxes";
import { isOwnFolder } from "./wildcards";

/**
 * What must hold between tenants, whatever features say. These are bugs of Estate or of an adopter's feature, not
 * mistakes in a tenant file, so they stop the program instead of making a report.
 */
export function assertInvariants(plan: EstatePlan): void {
  const homes = [...plan.tenants, ...plan.sandboxes.map(asTenant)];
  const broken = [
    ...uniqueAddresses(plan),
    ...bindingsOfMode(plan),
    ...homes.flatMap((tenant) => ownPlaceOnly(tenant, plan.estate.gitops.namespace)),
    ...homes.flatMap(ownRolesOnly),
    ...homes.flatMap(ownCentralRightsOnly),
    ...homes.flatMap(noValues),
    ...homes.flatMap(dataApart),
    ...plan.sandboxes.flatMap(onePersonOnly),
    ...plan.tenants.flatMap((tenant) => ownFoldersOnly(tenant, plan)),
  ];
  if (broken.length > 0) throw new Error(`the plan breaks its own rules:\n${broken.join("\n")}`);
}

/** A sandbox, as what holds between tenants holds for it. */
const asTenant = ({ name, home }: SandboxPlan): TenantPlan => {
  return { name, state: "active", homes: [home], secretReaders: [], needs: [], access: [] };
};

interface Placed {
  readonly cluster: string;
  readonly object: KubernetesObject;
}

/** What the GitOps engine has of a tenant where it runs; of a login, the Secret without its data. */
export function centralObjects({ central }: TenantPlan): Placed[] {
  if (central === undefined) return [];
  const { cluster, namespaces = [], addresses = [], objects, logins, deliveries } = central;
  return [
    ...namespaces,
    ...addresses.map(({ object }) => object),
    ...objects,
    ...logins.map(({ secret }) => secret),
    ...deliveries,
  ].map((object) => ({ cluster, object }));
}

/** Every object of a tenant with the cluster it goes to. */
export function homeObjects(tenant: TenantPlan): Placed[] {
  return [
    ...tenant.homes.flatMap((home) =>
      placesOf(home).flatMap(({ namespace, objects }) =>
        [namespace, ...objects].map((object) => ({ cluster: home.cluster, object })),
      ),
    ),
    ...centralObjects(tenant),
  ];
}

/** No two manifests describe one object. */
function uniqueAddresses(plan: EstatePlan): string[] {
  const seen = new Map<string, string>();
  const platform = plan.clusters.flatMap(({ name, platform: { namespaces, addons, objects, guardrails, gitops } }) =>
    [...namespaces, ...addons, ...objects, ...guardrails, ...(gitops ? [gitops.instance] : [])].map((object) => ({
      owner: "the platform",
      cluster: name,
      object,
    })),
  );
  const tenants = [...plan.tenants, ...plan.sandboxes.map(asTenant)].flatMap((tenant) =>
    homeObjects(tenant).map((item) => ({ owner: `tenant ${tenant.name}`, ...item })),
  );
  return [...platform, ...tenants].flatMap(({ owner, cluster, object }) => {
    const address = `${cluster}: ${object.apiVersion.replace(/\/.*/, "")} ${objectAddress(object)}`;
    const other = seen.get(address);
    seen.set(address, owner);
    return other === undefined ? [] : [`${address} is made by ${other} and by ${owner}`];
  });
}

/** Every guardrail denies, but on a cluster that only warns: there those that always refuse do. */
function bindingsOfMode({ estate, clusters }: EstatePlan): string[] {
  return clusters.flatMap(({ name, guardrails: mode, platform }) => {
    const denying = new Set(
      platform.guardrails
        .filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding")
        .map(({ spec }) => spec as { readonly policyName: string; readonly validationActions: readonly string[] })
        .flatMap(({ policyName, validationActions }) => (validationActions.includes("Deny") ? [policyName] : [])),
    );
    return guardrails(estate)
      .filter((guardrail) => modeOf(guardrail, mode) === "enforce")
      .flatMap(policyNames)
      .filter((policy) => !denying.has(policy))
      .map((policy) => `${name}: nothing enforces ${policy}`);
  });
}

/** Kinds of which a tenant's releases are made, in the platform's namespace: their names are those of its homes. */
const releaseKinds: ReadonlySet<string> = new Set([
  "HelmRelease",
  "HelmRepository",
  "OCIRepository",
  "Role",
  "RoleBinding",
  "ServiceAccount",
]);

/** The one cluster-wide object that a tenant may have: nodes that are tainted for one of its homes. */
function isOwnPool(object: KubernetesObject, own: ReadonlySet<string>): boolean {
  const [home] = [...own].filter((one) => object.metadata.name === poolName(one));
  if (object.kind !== "NodePool" || home === undefined) return false;
  const { template } = object.spec as unknown as PoolSpec;
  const taints = template.spec.taints ?? [];
  return (
    template.metadata.labels[label.pool] === home &&
    taints.some(({ key, value, effect }) => key === label.pool && value === home && effect === "NoSchedule")
  );
}

interface PoolSpec {
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: {
      readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
    };
  };
}

/** Names in the engine's namespace: the tenant's, a home's, or what a dot or a hyphen tells apart from both. */
function isCentral(name: string, tenant: string, own: ReadonlySet<string>): boolean {
  const [first = ""] = name.split(".");
  const begins = ["", "secrets-", "repository-", "images-", "notifications-", releaseName("")];
  return first === tenant || [...own].some((home) => begins.some((begin) => first === `${begin}${home}`));
}

/**
 * What a tenant's Roles in the engine's namespace open: others have objects there, too. To read a Secret, or to write anything, they
 * name the objects, and those are the tenant's.
 */
function ownCentralRightsOnly(tenant: TenantPlan): string[] {
  const own = new Set(tenant.homes.map(({ namespace }) => namespace.metadata.name));
  const looks: ReadonlySet<string> = new Set(["get", "list", "watch"]);
  return centralObjects(tenant).flatMap(({ object }) => {
    if (object.kind !== "Role") return [];
    return (object["rules"] as unknown as readonly CentralRule[])
      .filter(({ resources, verbs }) => resources.includes("secrets") || !verbs.every((verb) => looks.has(verb)))
      .filter(({ resourceNames = [] }) => {
        return resourceNames.length === 0 || !resourceNames.every((name) => isCentral(name, tenant.name, own));
      })
      .map(
        ({ resources }) =>
          `${objectAddress(object)} opens ${resources.join(", ")} that are not tenant ${tenant.name}'s`,
      );
  });
}

interface CentralRule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** A tenant's objects carry its label, and those outside its namespaces are the platform's releases for it. */
function ownPlaceOnly(tenant: TenantPlan, engine: string): string[] {
  const places = tenant.homes.flatMap(placesOf);
  const own = new Set(places.map(({ namespace }) => namespace.metadata.name));
  const beside = new Set(tenant.homes.flatMap(({ data }) => (data === undefined ? [] : [data.namespace])));
  const central = new Set(centralObjects(tenant).map(({ object }) => object));
  return homeObjects(tenant).flatMap(({ object }) => {
    const where = objectAddress(object);
    const wrong: string[] = [];
    if (object.metadata.labels?.[label.tenant] !== tenant.name && !beside.has(object))
      wrong.push(`${where} lacks the label of tenant ${tenant.name}`);
    const { namespace, name } = object.metadata;
    const inside =
      namespace === undefined
        ? (object.kind === "Namespace" && own.has(name)) || isOwnPool(object, own)
        : own.has(namespace);
    const forHome =
      namespace === engine && releaseKinds.has(object.kind) && [...own].some((home) => name === releaseName(home));
    if (!inside && !forHome && !(central.has(object) && namespace === engine && isCentral(name, tenant.name, own)))
      wrong.push(`${where} of tenant ${tenant.name} is outside its namespaces`);
    // A `Cluster` is a database, in a namespace.
    if (object.kind.startsWith("Cluster") && object.kind !== "Cluster")
      wrong.push(`${where} of tenant ${tenant.name} is cluster-wide`);
    return wrong;
  });
}

/** A tenant's bindings name Estate's own roles, or a Role of the same home; never cluster-admin or plain admin. */
function ownRolesOnly(tenant: TenantPlan): string[] {
  const allowed: ReadonlySet<unknown> = new Set([...Object.values(tenantRole), suspendRole, engineRole]);
  return homeObjects(tenant).flatMap(({ object }) => {
    if (object.kind !== "RoleBinding") return [];
    const { kind, name } = object.roleRef as { readonly kind: string; readonly name: string };
    return kind === "Role" || allowed.has(name)
      ? []
      : [`${objectAddress(object)} binds ClusterRole ${name}, which is not a tenant's`];
  });
}

/** Kinds by which somebody would get a right, or a pod run. */
const openings: ReadonlySet<string> = new Set(["Role", "RoleBinding", "Pod", "Deployment", "StatefulSet", "Job"]);

/**
 * Beside a home is nobody's home: without the label that makes a namespace a tenant's, for which ways between tenants are open and
 * in which guardrails would refuse what the operator makes; and with no object that gives anybody a right there.
 */
function dataApart({ homes }: TenantPlan): string[] {
  return homes.flatMap(({ namespace: home, data }) => {
    if (data === undefined) return [];
    const { name, labels = {} } = data.namespace.metadata;
    return [
      ...(name === dataNamespace(home.metadata.name) ? [] : [`${name} is not called after ${home.metadata.name}`]),
      ...(label.tenant in labels ? [`${name} would be taken for a tenant's home`] : []),
      ...data.objects
        .filter(({ metadata }) => metadata.namespace !== name)
        .map((object) => `${objectAddress(object)} is not in ${name}`),
      ...data.objects
        .filter(({ kind }) => openings.has(kind))
        .map((object) => `${objectAddress(object)}: nobody has a right in ${name}`),
      ...(["ResourceQuota", "NetworkPolicy"] as const)
        .filter((needed) => !data.objects.some(({ kind }) => kind === needed))
        .map((needed) => `${name} has no ${needed}`),
    ];
  });
}

/** A sandbox is one person's: nobody else is bound in it, and nothing comes into it by itself. */
function onePersonOnly({ name, user, home }: SandboxPlan): string[] {
  const bound = home.objects.flatMap(({ kind, subjects }) =>
    kind === "RoleBinding" ? (subjects as unknown as readonly { readonly kind: string; readonly name: string }[]) : [],
  );
  const others = bound.filter((subject) => subject.kind !== "User" || subject.name !== user);
  return [
    ...others.map((subject) => `${name} is of ${user} alone, and binds ${subject.kind} ${subject.name}`),
    ...home.objects
      .filter(({ apiVersion }) => apiVersion.includes(".toolkit.fluxcd.io/") || apiVersion.startsWith("argoproj.io/"))
      .map((object) => `${objectAddress(object)}: nothing is delivered into a sandbox`),
    ...(["ResourceQuota", "NetworkPolicy"] as const)
      .filter((needed) => !home.objects.some(({ kind }) => kind === needed))
      .map((needed) => `${name} has no ${needed}`),
  ];
}

/** Secret values travel through Vault; a manifest of the plan never holds one. */
function noValues(tenant: TenantPlan): string[] {
  return [
    ...tenant.homes.flatMap(placesOf).flatMap(({ namespace, objects }) => [namespace, ...objects]),
    ...(tenant.central === undefined ? [] : [...tenant.central.objects, ...tenant.central.deliveries]),
  ]
    .filter(({ kind }) => kind === "Secret")
    .map((object) => `${objectAddress(object)}: a Secret in the plan`);
}

/** A reader opens folders of its own tenant, and of the private products that its applications run; no wildcard stands in a name. */
function ownFoldersOnly(tenant: TenantPlan, { estate }: EstatePlan): string[] {
  const products = (tenant.repositories?.applications ?? []).flatMap(({ source }) =>
    source.kind === "product" && estate.products[source.product]?.private === true
      ? [productFolder(source.product)]
      : [],
  );
  return tenant.secretReaders.flatMap(({ name, folders }) =>
    folders
      .filter((folder) => !isOwnFolder(tenant.name, folder) && !products.includes(folder))
      .map((folder) => `secret reader ${name} opens "${folder}", which is not a folder of tenant ${tenant.name}`),
  );
}
