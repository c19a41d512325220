import type { EstateFacts, TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { platformLabels } from "../model/labels";
import { hostRole, peopleGroups, peopleRoles, rolesInside, suspendRole } from "../model/people";
import { tenantRole } from "../model/platform";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const read = ["get", "list", "watch"] as const;
const write = ["create", "update", "patch", "delete"] as const;

const fluxGroups = [
  "source.toolkit.fluxcd.io",
  "kustomize.toolkit.fluxcd.io",
  "helm.toolkit.fluxcd.io",
  "notification.toolkit.fluxcd.io",
  "image.toolkit.fluxcd.io",
] as const;

/** What a tenant runs: the kinds that people and reconcilers change. No quota, no network rule, no role, no namespace. */
const workloadRules = (verbs: readonly string[]): Rule[] => [
  {
    apiGroups: [""],
    resources: ["configmaps", "persistentvolumeclaims", "pods", "serviceaccounts", "services"],
    verbs,
  },
  { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "statefulsets"], verbs },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs },
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs },
  { apiGroups: ["external-secrets.io"], resources: ["externalsecrets"], verbs },
  { apiGroups: ["gateway.networking.k8s.io"], resources: ["grpcroutes", "httproutes"], verbs },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs },
];

/** What everybody of a tenant may see. Never Secrets: those are read where they live, in Vault. */
const viewRules: readonly Rule[] = [
  ...workloadRules(read),
  {
    apiGroups: [""],
    resources: [
      "endpoints",
      "events",
      "limitranges",
      "pods/log",
      "pods/status",
      "resourcequotas",
      "replicationcontrollers",
    ],
    verbs: read,
  },
  { apiGroups: ["apps"], resources: ["controllerrevisions", "replicasets"], verbs: read },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: read },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: read },
  { apiGroups: ["external-secrets.io"], resources: ["secretstores"], verbs: read },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: read },
  { apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"], verbs: read },
  { apiGroups: fluxGroups, resources: ["*"], verbs: read },
];

const interactive: Rule = {
  apiGroups: [""],
  resources: ["pods/attach", "pods/exec", "pods/portforward"],
  verbs: ["create", "get"],
};

/** Delivery is suspended and resumed by a `patch`, which the guardrail operate-only narrows to that. */
const suspendRules: readonly Rule[] = [
  { apiGroups: ["helm.toolkit.fluxcd.io"], resources: ["helmreleases"], verbs: ["patch"] },
  { apiGroups: ["kustomize.toolkit.fluxcd.io"], resources: ["kustomizations"], verbs: ["patch"] },
];

const rules: Readonly<Record<keyof typeof tenantRole, readonly Rule[]>> = {
  view: viewRules,
  change: [...viewRules, ...workloadRules(write), { apiGroups: [""], resources: ["secrets"], verbs: [...read, ...write] }, interactive,
    { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: ["get", "patch", "update"] }], // prettier-ignore
  // `patch` without `update`: the guardrail operate-only narrows it to restart, suspend and resume.
  operate: [
    ...viewRules,
    interactive,
    { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
    { apiGroups: ["apps"], resources: ["daemonsets", "deployments", "statefulsets"], verbs: ["patch"] },
    { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: ["get", "patch", "update"] },
    ...suspendRules,
  ],
  // Helm keeps its releases in Secrets; Flux objects are the tenant's own releases, sources, alerts and image policies.
  reconcile: [
    ...viewRules,
    ...workloadRules(write),
    { apiGroups: [""], resources: ["secrets"], verbs: [...read, ...write] },
    { apiGroups: ["helm.toolkit.fluxcd.io"], resources: ["helmreleases"], verbs: write },
    {
      apiGroups: ["source.toolkit.fluxcd.io"],
      resources: ["gitrepositories", "helmcharts", "helmrepositories", "ocirepositories"],
      verbs: write,
    },
    { apiGroups: ["kustomize.toolkit.fluxcd.io"], resources: ["kustomizations"], verbs: write },
    { apiGroups: ["notification.toolkit.fluxcd.io"], resources: ["alerts", "providers", "receivers"], verbs: write },
    {
      apiGroups: ["image.toolkit.fluxcd.io"],
      resources: ["imagepolicies", "imagerepositories", "imageupdateautomations"],
      verbs: write,
    },
  ],
};

const rbac = "rbac.authorization.k8s.io";

function plain(rule: Rule): Json {
  return { apiGroups: [...rule.apiGroups], resources: [...rule.resources], verbs: [...rule.verbs] };
}

function clusterRole(name: string, own: readonly Rule[]): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name, labels: platformLabels },
    rules: own.map(plain),
  };
}

/** The roles that tenants' bindings rest on, the same on every cluster. */
export function tenantRoles(): KubernetesObject[] {
  return [
    ...(Object.keys(tenantRole) as (keyof typeof tenantRole)[]).map((key) => clusterRole(tenantRole[key], rules[key])),
    clusterRole(suspendRole, [...viewRules, ...suspendRules]),
  ];
}

function clusterBinding(name: string, role: string, group: string): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name, labels: platformLabels },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: rbac, kind: "Group", name: group }],
  };
}

/** The three global roles: what each group of the platform's own people has on every cluster. */
const globalRoles = {
  clusterAdmins: { binding: "estate-cluster-admins", role: "cluster-admin" },
  systemApprovers: { binding: "estate-system-approvers", role: "view" },
  developers: { binding: "estate-developers", role: "estate-directory" },
} as const;

type GlobalGroups = Readonly<Record<keyof typeof globalRoles, string>>;

const globalNames = Object.keys(globalRoles) as (keyof typeof globalRoles)[];

/** The platform's own people on every cluster. */
export function platformAccess(estate: EstateFacts, groups: GlobalGroups): KubernetesObject[] {
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name: globalRoles.developers.role, labels: platformLabels },
      rules: [plain({ apiGroups: [""], resources: ["namespaces"], verbs: read })],
    },
    ...globalNames.map((name) => {
      const { binding, role } = globalRoles[name];
      return clusterBinding(binding, role, `${estate.groupsPrefix}${groups[name]}`);
    }),
  ];
}

/** Who has which role outside of tenants: a group on a whole cluster, or a person in their sandbox. */
export type PlatformGrant = { readonly role: string; readonly cluster: string } & (
  { readonly group: string } | { readonly user: string; readonly namespace: string }
);

/** The same as data for the access matrix. */
export function platformGrants(groups: GlobalGroups, clusters: readonly { readonly name: string }[]): PlatformGrant[] {
  return clusters.flatMap(({ name: cluster }) =>
    globalNames.map((name) => ({ group: groups[name], role: globalRoles[name].role, cluster })),
  );
}

/** One line of the access matrix: who has which role where. */
export interface Grant {
  readonly group: string;
  readonly role: string;
  readonly namespace: string;
  readonly cluster: string;
  /** The virtual cluster in which the role holds, everywhere in it. Absent for a role in the namespace itself. */
  readonly vcluster?: string;
}

/** The bindings of a home's people. */
export function peopleBindings(home: TenantHome): KubernetesObject[] {
  const roles = peopleRoles(home.tenant, home.environment);
  if (roles === undefined) return [];
  return peopleGroups.map((group) => ({
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata: { name: group, namespace: home.namespace, labels: home.labels },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: hostRole(home.tenant.isolation, roles[group]) },
    subjects: [{ apiGroup: rbac, kind: "Group", name: `${home.estate.groupsPrefix}${home.tenant.groups[group]}` }],
  }));
}

/** The same as data for the access matrix, with what holds inside a virtual cluster. */
export function grants(home: TenantHome): Grant[] {
  const { tenant, namespace } = home;
  const roles = peopleRoles(tenant, home.environment);
  if (roles === undefined) return [];
  return peopleGroups.flatMap((name) => {
    const place = { group: tenant.groups[name], namespace, cluster: home.cluster.name };
    const host = { ...place, role: hostRole(tenant.isolation, roles[name]) };
    if (tenant.isolation === "namespace") return [host];
    return [host, ...rolesInside[roles[name]].map((role) => ({ ...place, role, vcluster: namespace }))];
  });
}
