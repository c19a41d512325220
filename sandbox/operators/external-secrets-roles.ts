import type { Manifest } from "@estate/clients";

import { secretsControllerName, type SecretsControllerValues } from "../../model/secrets-controller";

// What External Secrets' chart makes besides CRDs and pods (its templates/rbac.yaml and serviceaccount.yaml; a test renders
// and compares them). A release without our webhooks and cert-controller has no more than this.

const rbac = "rbac.authorization.k8s.io";
const own = "external-secrets.io";
const generatorGroup = "generators.external-secrets.io";
const read = ["get", "list", "watch"];

/** Which release it is. */
export interface ChartPlace {
  readonly release: string;
  readonly namespace: string;
  readonly version: string;
}

const rule = (apiGroups: string[], resources: string[], verbs: string[]): object => ({ apiGroups, resources, verbs });
const when = <T>(on: boolean, ...items: T[]): T[] => (on ? items : []);

/** What selects the objects of any release of the chart. */
export const chartSelector = "app.kubernetes.io/name=external-secrets,app.kubernetes.io/managed-by=Helm";

function chartLabels({ release, version }: ChartPlace): Record<string, string> {
  return {
    "helm.sh/chart": `external-secrets-${version}`,
    "app.kubernetes.io/name": "external-secrets",
    "app.kubernetes.io/instance": release,
    "app.kubernetes.io/version": `v${version}`,
    "app.kubernetes.io/managed-by": "Helm",
  };
}

/** The controller's identity, and what it may do. */
export function chartObjects(place: ChartPlace, values: SecretsControllerValues): Manifest[] {
  const name = secretsControllerName(place.release);
  const { namespace } = place;
  const labels = chartLabels(place);
  const object = (kind: string, suffix: string, rest: object, more: object = {}): Manifest => ({
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: {
      name: `${name}-${suffix}`,
      labels: { ...labels, ...more },
      ...(/^Role/.test(kind) ? { namespace } : {}),
    },
    ...rest,
  });
  const binding = (kind: string, of: string, suffix: string): Manifest =>
    object(kind, suffix, {
      roleRef: { apiGroup: rbac, kind: of, name: `${name}-${suffix}` },
      subjects: [{ name, namespace, kind: "ServiceAccount" }],
    });
  const aggregated = (...into: string[]): object =>
    Object.fromEntries(into.map((target) => [`${rbac}/aggregate-to-${target}`, "true"]));
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } },
    object("ClusterRole", "controller", { rules: controllerRules(values) }),
    object("ClusterRole", "view", { rules: tenantRules(values, read) }, aggregated("view", "edit", "admin")),
    object(
      "ClusterRole",
      "edit",
      { rules: tenantRules(values, ["create", "delete", "deletecollection", "patch", "update"]) },
      aggregated("edit", "admin"),
    ),
    object(
      "ClusterRole",
      "servicebindings",
      { rules: [rule([own], ["externalsecrets", ...when(values.processPushSecret, "pushsecrets")], read)] },
      { "servicebinding.io/controller": "true" },
    ),
    binding("ClusterRoleBinding", "ClusterRole", "controller"),
    object("Role", "leaderelection", {
      rules: [
        { ...rule([""], ["configmaps"], ["get", "update", "patch"]), resourceNames: ["external-secrets-controller"] },
        rule([""], ["configmaps"], ["create"]),
        rule(["coordination.k8s.io"], ["leases"], ["get", "create", "update", "patch"]),
      ],
    }),
    binding("RoleBinding", "Role", "leaderelection"),
  ];
}

function controllerRules(values: SecretsControllerValues): object[] {
  const kinds = ["externalsecrets", "secretstores", ...optional(values, values.processClusterExternalSecret)];
  const written = (kind: string): string[] => [
    kind,
    `${kind}/status`,
    ...when(values.openshiftFinalizers, `${kind}/finalizers`),
  ];
  const generators = ["stssessiontokens", ...generatorsOf(values)];
  return [
    rule([own], kinds, read),
    rule([own], kinds.flatMap(written), ["get", "update", "patch"]),
    rule([generatorGroup], ["generatorstates"], [...read, "create", "update", "patch", "delete", "deletecollection"]),
    rule([generatorGroup], generators, read),
    rule([""], ["serviceaccounts", "namespaces"], read),
    ...when(values.processClusterExternalSecret, rule([""], ["namespaces"], ["update", "patch"])),
    rule([""], ["configmaps"], read),
    rule([""], ["secrets"], [...read, "create", "update", "delete", "patch"]),
    rule([""], ["serviceaccounts/token"], ["create"]),
    rule([""], ["events"], ["create", "patch"]),
    rule([own], ["externalsecrets"], ["create", "update", "delete"]),
    ...when(values.processPushSecret, rule([own], ["pushsecrets"], ["create", "update", "delete"])),
  ];
}

/** What the cluster's own roles `view`, `edit` and `admin` get. */
function tenantRules(values: SecretsControllerValues, verbs: string[]): object[] {
  return [
    rule([own], ["externalsecrets", "secretstores", ...optional(values, false)], verbs),
    rule([generatorGroup], ["generatorstates", ...generatorsOf(values)], verbs),
  ];
}

function optional(values: SecretsControllerValues, clusterExternalSecrets: boolean): string[] {
  return [
    ...when(values.processClusterStore, "clustersecretstores"),
    ...when(clusterExternalSecrets, "clusterexternalsecrets"),
    ...when(values.processPushSecret, "pushsecrets"),
    ...when(values.processClusterPushSecret, "clusterpushsecrets"),
  ];
}

function generatorsOf(values: SecretsControllerValues): string[] {
  return [
    "acraccesstokens",
    "cloudsmithaccesstokens",
    ...when(values.processClusterGenerator, "clustergenerators"),
    ...["ecrauthorizationtokens", "fakes", "gcraccesstokens", "githubaccesstokens", "quayaccesstokens", "passwords"],
    ...["sshkeys", "vaultdynamicsecrets", "webhooks", "grafanas", "mfas", "uuids"],
  ];
}
