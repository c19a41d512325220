import type { Settings } from "../config/schema";
import type { TenantFeature } from "../features/feature";
import type { ClusterFacts, EnvironmentFacts, EstateFacts, TenantFacts, TenantHome } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";
import { annotation, homeLabels } from "../model/labels";
import { defaultGroup } from "../model/names";
import { tenantRole } from "../model/platform";
import { sandboxEnvironment, sandboxNamespace } from "../model/sandbox";
import type { PlatformGrant } from "./access";
import { named } from "./facts";
import { limitObjects, namespaceObject } from "./home-objects";
import type { HomePlan } from "./home";
import type { TenantPlan } from "./tenant";
import { effectiveProfile } from "./profile";
import { settingsOnRing } from "./rollout";

/** One person's namespace: to guardrails a tenant's home, and in no other system anything. */
export interface SandboxPlan extends Pick<TenantPlan, "name"> {
  /** The person, as the cluster's API server knows them. */
  readonly user: string;
  /** The ClusterRole that the person has in it. */
  readonly role: string;
  readonly home: HomePlan;
}

type Sandboxes = NonNullable<Settings["sandboxes"]>;

/** A sandbox as what limits and holds a home knows tenants. Its groups are of nobody: one person alone has access. */
function owner(name: string, user: string): TenantFacts {
  const external = { kind: "external" } as const;
  return {
    name,
    displayName: `Sandbox of ${user}`,
    owner: user,
    isolation: "namespace",
    groups: {
      owners: defaultGroup(name, "owners"),
      developers: defaultGroup(name, "developers"),
      operations: defaultGroup(name, "operations"),
    },
    membership: { owners: external, developers: external, operations: external },
    state: "active",
  };
}

/** The person's access, and nobody else's: no group is in it, and nothing on it lets others ask for access. */
function binding(home: TenantHome, user: string): KubernetesObject {
  const apiGroup = "rbac.authorization.k8s.io";
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: "RoleBinding",
    metadata: { name: "person", namespace: home.namespace, labels: home.labels },
    roleRef: { apiGroup, kind: "ClusterRole", name: tenantRole.change },
    subjects: [{ apiGroup, kind: "User", name: user }],
  };
}

/** A sandbox's namespace, with the last day on it where it has one. */
function namespaceOf(home: TenantHome, until: string | undefined): KubernetesObject {
  const object = namespaceObject(home, []);
  if (until === undefined) return object;
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, [annotation.until]: until } } };
}

/**
 * Plans the personal sandboxes: a namespace with quota, limits and network rules, and one person's access. No delivery, no
 * repository, no credential: nothing leads from a pipeline into one, and none of it is anywhere but on its cluster.
 */
export function planSandboxes(
  { cluster: where, profile, people }: Sandboxes,
  estate: EstateFacts,
  settings: Settings,
  clusters: readonly ClusterFacts[],
  features: readonly TenantFeature[],
): SandboxPlan[] {
  const cluster = clusters.find(({ name }) => name === where);
  if (cluster === undefined) throw new RangeError(`cluster ${where} is not in the settings`);
  const environment: EnvironmentFacts = { name: sandboxEnvironment, gate: "open", clusters: [where] };
  const { quota, limits, ...parts } = effectiveProfile(
    settingsOnRing(settings, cluster.ring),
    { profile, exceptions: [] },
    sandboxEnvironment,
  );
  const own = features.filter(({ inSandboxes, kinds }) => inSandboxes && kinds?.includes(cluster.kind) !== false);
  return Object.keys(people)
    .sort()
    .map((person) => {
      const { user, until } = named(people, person, "sandbox");
      const name = sandboxNamespace(person);
      const tenant = owner(name, user);
      const labels = homeLabels(tenant, environment);
      const home: TenantHome = { estate, tenant, environment, cluster, namespace: name, labels, quota };
      const objects = own.flatMap(
        ({ key, schema, profile: form, objects: of }) =>
          of?.(home, schema?.parse(undefined), form?.parse(parts[key])) ?? [],
      );
      return {
        name,
        user,
        role: tenantRole.change,
        home: {
          environment: sandboxEnvironment,
          cluster: where,
          namespace: namespaceOf(home, until),
          objects: [...limitObjects(home, limits), binding(home, user), ...objects],
        },
      };
    });
}

/** The persons' access, for the access matrix. */
export function sandboxGrants(sandboxes: readonly SandboxPlan[]): PlatformGrant[] {
  return sandboxes.map(({ name, user, role, home: { cluster } }) => ({ user, role, cluster, namespace: name }));
}
