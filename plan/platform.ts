import { guardrails } from "../guardrails";
import { fluxComponents, fluxTenancy } from "../model/controllers";
import type { ClusterFacts, EnvironmentFacts, EstateFacts } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { label, platformLabels } from "../model/labels";
import {
  deletedInBackground,
  externalSecretsNamespace,
  fluxNamespace,
  gitOpsInstance,
  platformReconciler,
} from "../model/platform";
import { externalSecretsValues } from "../model/secrets-controller";
import { charts, fluxDistribution, podSecurityVersion, versions } from "../model/versions";
import { platformAccess, tenantRoles } from "./access";

/** A Helm release that Pulumi installs itself, because what comes after needs it in the same run. */
export interface ReleasePlan {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  /** Repository URL of the chart; absent for an OCI address in `chart`. */
  readonly repository?: string;
  readonly values: { readonly [key: string]: Json };
}

/** What the GitOps engine needs on a cluster. */
export interface GitOpsPlan {
  readonly release: ReleasePlan;
  /** The object by which the engine is configured; the cluster is ready for tenants once it is. */
  readonly instance: KubernetesObject;
}

/** Everything that a cluster has besides tenants. */
export interface PlatformPlan {
  readonly namespaces: readonly KubernetesObject[];
  readonly releases: readonly ReleasePlan[];
  readonly gitops: GitOpsPlan;
  /** Roles and bindings: no custom resources, so that they need no CRD. */
  readonly objects: readonly KubernetesObject[];
  /** In force before a tenant's people and reconcilers have any access. */
  readonly guardrails: readonly KubernetesObject[];
  /** The cluster's facts: written last, so that everything else is in force where they are. */
  readonly facts: KubernetesObject;
}

const rbac = "rbac.authorization.k8s.io";

/** The platform's namespaces run controllers only, and those conform to `restricted`. */
function platformNamespace(name: string): KubernetesObject {
  const enforce = {
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/enforce-version": podSecurityVersion,
  };
  // flux-operator applies its own namespace, too, and says there that the namespace is its: two owners would fight.
  const labels = name === fluxNamespace ? { [label.managed]: "true" } : platformLabels;
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...labels, ...enforce } } };
}

/** Flux: the operator as a release, and the FluxInstance with the tenancy lockdown. */
function fluxPlan(): GitOpsPlan {
  return {
    release: {
      name: "flux-operator",
      namespace: fluxNamespace,
      chart: charts.fluxOperator,
      version: versions.fluxOperator.installed,
      values: { installCRDs: true, web: { enabled: false } },
    },
    instance: {
      apiVersion: "fluxcd.controlplane.io/v1",
      kind: "FluxInstance",
      metadata: {
        name: gitOpsInstance,
        namespace: fluxNamespace,
        labels: platformLabels,
        annotations: {
          ...deletedInBackground,
          "pulumi.com/waitFor": "condition=Ready",
          "pulumi.com/timeoutSeconds": "600",
        },
      },
      spec: {
        distribution: {
          version: versions.flux.installed,
          registry: fluxDistribution.registry,
          artifact: fluxDistribution.artifact,
        },
        components: [...fluxComponents],
        cluster: {
          type: "kubernetes",
          ...fluxTenancy,
          networkPolicy: true,
          domain: "cluster.local",
        },
      },
    },
  };
}

/** External Secrets: its CRDs are there in the same pass, and its controller comes when it comes. */
const externalSecrets: ReleasePlan = {
  name: "external-secrets",
  namespace: externalSecretsNamespace,
  chart: charts.externalSecrets.chart,
  repository: charts.externalSecrets.repository,
  version: versions.externalSecrets.installed,
  values: externalSecretsValues,
};

/** What a kind of cluster adds to the platform on it. */
export interface KindOfCluster {
  /** Objects that a cluster of its kind needs besides. */
  readonly objects: readonly KubernetesObject[];
  /** Facts that releases may need of it. */
  readonly facts: { readonly [key: string]: Json };
}

/** Per-cluster facts that releases consume (F11). */
function clusterValues(
  estate: EstateFacts,
  cluster: ClusterFacts,
  environments: readonly EnvironmentFacts[],
  kind: KindOfCluster["facts"],
): KubernetesObject {
  const values = {
    estate: estate.name,
    domain: estate.domain,
    cluster: cluster.name,
    role: cluster.role,
    ring: cluster.ring,
    environments: environments.filter(({ clusters }) => clusters.includes(cluster.name)).map(({ name }) => name),
    ...kind,
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "cluster-values", namespace: fluxNamespace, labels: platformLabels },
    // JSON is YAML, and leaves no text unquoted for a reader of YAML 1.1 to take for something else.
    data: { "values.yaml": JSON.stringify(values, undefined, 2) },
  };
}

/** The identity by which Flux applies what belongs to the platform. */
function platformReconcilerObjects(): KubernetesObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: platformReconciler, namespace: fluxNamespace, labels: platformLabels },
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "estate-platform-reconciler", labels: platformLabels },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: platformReconciler, namespace: fluxNamespace }],
    },
  ];
}

/** Plans what a cluster has besides tenants. */
export function planPlatform(
  estate: EstateFacts,
  cluster: ClusterFacts,
  environments: readonly EnvironmentFacts[],
  groups: { readonly clusterAdmins: string; readonly systemApprovers: string; readonly developers: string },
  own: KindOfCluster = { objects: [], facts: {} },
): PlatformPlan {
  return {
    namespaces: [fluxNamespace, externalSecretsNamespace].map(platformNamespace),
    releases: [externalSecrets],
    gitops: fluxPlan(),
    objects: [...platformReconcilerObjects(), ...platformAccess(estate, groups), ...tenantRoles(), ...own.objects],
    guardrails: guardrails(estate).flatMap(({ objects }) => objects),
    facts: clusterValues(estate, cluster, environments, own.facts),
  };
}
