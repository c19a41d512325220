import { peopleRoles, type PeopleRole } from "../../model/people";
import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { operationsRepository } from "../../model/names";
import { reconciler } from "../../model/platform";
import type { DeliveryRequest } from "../../model/gitops";
import { deliveredKinds, refusedKinds } from "./kinds";
import { argocdNamespace, placeName } from "./names";

export const argoproj = "argoproj.io/v1alpha1";

/** Who of a tenant starts a sync: owners where changes are open, and operations. Everybody else looks. */
const syncs: Readonly<Record<"owners" | "developers" | "operations", readonly PeopleRole[]>> = {
  owners: ["change"],
  developers: [],
  operations: ["operate"],
};

/** A group's name as Argo CD takes it into its table of rights: with a comma in it, it must be quoted. */
const listed = (group: string): string => (group.includes(",") ? `"${group}"` : group);

const groupNames = ["owners", "developers", "operations"] as const;

/** What people may do in Argo CD, by the groups that the identity provider names. Nobody who is not listed sees anything. */
function projectRoles({ tenant, environment, namespace }: TenantHome): Json[] {
  const roles = peopleRoles(tenant, environment);
  if (roles === undefined) return [];
  const rights = (role: string, allowed: readonly string[]): string[] =>
    allowed.map((right) => `p, proj:${namespace}:${role}, ${right}, ${namespace}/*, allow`);
  const view = ["applications, get", "logs, get"];
  const of = (name: string, may: boolean, allowed: readonly string[]): Json[] => {
    const groups = groupNames.filter((group) => syncs[group].includes(roles[group]) === may);
    if (groups.length === 0) return [];
    return [
      {
        name,
        groups: [...new Set(groups.map((group) => listed(tenant.groups[group])))],
        policies: rights(name, allowed),
      },
    ];
  };
  return [...of("view", false, view), ...of("sync", true, [...view, "applications, sync"])];
}

/** Every minute for an hour is always. */
const never: Json = {
  kind: "deny",
  schedule: "* * * * *",
  duration: "1h",
  timeZone: "UTC",
  applications: ["*"],
  manualSync: false,
};

/** Repositories of the products that a home runs. */
export function productSources({ estate }: TenantHome, requests: readonly DeliveryRequest[]): string[] {
  const products = requests.flatMap((request) => (request.want === "product" ? [request.application.product] : []));
  return [...new Set(products)].flatMap((product) => {
    const found = estate.products[product];
    return found === undefined ? [] : [found.repository];
  });
}

/**
 * What a tenant may do in one environment: its own repository and products, to its own namespace, as its own reconciler. The
 * name is the home's; the clusters are those of the environment, each by a login of this project alone. A virtual cluster is the tenant's, with all that is
 * in it.
 */
export function project(
  home: TenantHome,
  requests: readonly DeliveryRequest[],
  clusters: readonly string[],
): KubernetesObject {
  const { namespace, tenant, environment } = home;
  const inside = tenant.isolation === "vcluster";
  const everything: Json[] = [{ group: "*", kind: "*" }];
  return {
    apiVersion: argoproj,
    kind: "AppProject",
    metadata: { name: namespace, namespace: argocdNamespace, labels: home.labels },
    spec: {
      description: `${tenant.name} in ${environment.name}`,
      sourceRepos: [
        operationsRepository(home.estate.gitlab, tenant.name, environment.name),
        ...productSources(home, requests),
      ],
      destinations: clusters.map((cluster) => ({
        name: placeName(namespace, cluster),
        namespace: inside ? "*" : namespace,
      })),
      permitOnlyProjectScopedClusters: true,
      clusterResourceWhitelist: inside ? everything : [],
      ...(inside
        ? { namespaceResourceWhitelist: everything }
        : {
            namespaceResourceWhitelist: deliveredKinds.map(({ group, kind }) => ({ group, kind })),
            namespaceResourceBlacklist: refusedKinds.map(({ group, kind }) => ({ group, kind })),
          }),
      // Any address, because the project has no clusters but its own; a project without a match syncs nothing.
      destinationServiceAccounts: [{ server: "*", namespace, defaultServiceAccount: `${namespace}:${reconciler}` }],
      roles: projectRoles(home),
      ...(tenant.state === "active" ? {} : { syncWindows: [never] }),
    },
  };
}

/** Argo CD makes this project by itself, open to everybody and everywhere. So it is here, and nothing is possible in it. */
export const emptyDefaultProject: KubernetesObject = {
  apiVersion: argoproj,
  kind: "AppProject",
  metadata: { name: "default", namespace: argocdNamespace, labels: {} },
  spec: {
    description: "Closed: every tenant has projects of its own",
    sourceRepos: [],
    destinations: [],
    clusterResourceWhitelist: [],
    namespaceResourceWhitelist: [],
    syncWindows: [never],
  },
};
