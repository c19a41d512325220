import type { EnvironmentFacts, EstateFacts, TenantFacts, TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { platformLabels } from "../model/labels";
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
    { apiGroups: ["helm.toolkit.fluxcd.io"], resources: ["helmreleases"], verbs: ["patch"] },
    { apiGroups: ["kustomize.toolkit.fluxcd.io"], resources: ["kustomizations"], verbs: ["patch"] },
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

/** The ClusterRoles that tenants' bindings name, the same on every cluster. */
export function tenantRoles(): KubernetesObject[] {
  return (Object.keys(tenantRole) as (keyof typeof tenantRole)[]).map((key) => ({
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: tenantRole[key], labels: platformLabels },
    rules: rules[key].map(plain),
  }));
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

/** The platform's own people on every cluster. */
export function platformAccess(
  estate: EstateFacts,
  groups: { clusterAdmins: string; systemApprovers: string; developers: string },
): KubernetesObject[] {
  const named = (group: string): string => `${estate.groupsPrefix}${group}`;
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name: "estate-directory", labels: platformLabels },
      rules: [plain({ apiGroups: [""], resources: ["namespaces"], verbs: read })],
    },
    clusterBinding("estate-cluster-admins", "cluster-admin", named(groups.clusterAdmins)),
    clusterBinding("estate-system-approvers", "view", named(groups.systemApprovers)),
    clusterBinding("estate-developers", "estate-directory", named(groups.developers)),
  ];
}

/** One line of the access matrix: who has which role where. */
export interface Grant {
  readonly group: string;
  readonly role: string;
  readonly namespace: string;
  readonly cluster: string;
}

type PeopleRole = "change" | "view" | "operate";

/** Which role each group of a tenant has in an environment. A tenant that is not active is looked at and not touched. */
export function peopleRoles(
  tenant: TenantFacts,
  environment: EnvironmentFacts,
): Readonly<Record<keyof TenantFacts["groups"], PeopleRole>> | undefined {
  switch (tenant.state) {
    case "active": {
      const people = environment.gate === "open" ? "change" : "view";
      return { owners: people, developers: people, operations: "operate" };
    }
    case "suspended":
      return { owners: "view", developers: "view", operations: "view" };
    case "retiring":
    case "removed":
      return undefined;
  }
}

/** The bindings of a home's people. */
export function peopleBindings(home: TenantHome): KubernetesObject[] {
  const roles = peopleRoles(home.tenant, home.environment);
  if (roles === undefined) return [];
  return (["owners", "developers", "operations"] as const).map((group) => ({
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata: { name: group, namespace: home.namespace, labels: home.labels },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: tenantRole[roles[group]] },
    subjects: [{ apiGroup: rbac, kind: "Group", name: `${home.estate.groupsPrefix}${home.tenant.groups[group]}` }],
  }));
}

/** The same as data for the access matrix. */
export function grants(home: TenantHome): Grant[] {
  const roles = peopleRoles(home.tenant, home.environment);
  if (roles === undefined) return [];
  return (["owners", "developers", "operations"] as const).map((group) => ({
    group: home.tenant.groups[group],
    role: tenantRole[roles[group]],
    namespace: home.namespace,
    cluster: home.cluster.name,
  }));
}
