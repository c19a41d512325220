import { guardrails } from "../guardrails";
import { inMode } from "../guardrails/mode";
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
import type { PodSecurity } from "../model/addon";
import { helmAddress, mirroredArtifact, mirroredChart, mirroredImage } from "../model/mirror";
import { charts, fluxDistribution, images, podSecurityVersion, versions } from "../model/versions";
import { platformAccess, tenantRoles } from "./access";
import { planAddons, type AddonChoices } from "./addons";

/** A Helm release that Pulumi installs itself, because what comes after needs it in the same run. */
export interface ReleasePlan {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  /** Repository URL of the chart; absent for an OCI address in `chart`. */
  readonly repository?: string;
  readonly values: { readonly [key: string]: Json };
  /** How long its pods are waited for, and whether its Jobs are, too. Absent: not at all. */
  readonly wait?: { readonly seconds: number; readonly jobs: boolean };
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
  /** What the GitOps engine installs besides tenants: its own objects, written once it is ready. */
  readonly addons: readonly KubernetesObject[];
  /** Roles and bindings: no custom resources, so that they need no CRD. */
  readonly objects: readonly KubernetesObject[];
  /** In force before a tenant's people and reconcilers have any access. */
  readonly guardrails: readonly KubernetesObject[];
  /** The cluster's facts: written last, so that everything else is in force where they are. */
  readonly facts: KubernetesObject;
}

const rbac = "rbac.authorization.k8s.io";

/** The platform's namespaces run controllers, and most of those conform to `restricted`. */
function platformNamespace(name: string, security: PodSecurity = "restricted"): KubernetesObject {
  const enforce = {
    "pod-security.kubernetes.io/enforce": security,
    "pod-security.kubernetes.io/enforce-version": podSecurityVersion,
  };
  // flux-operator applies its own namespace, too, and says there that the namespace is its: two owners would fight.
  const labels = name === fluxNamespace ? { [label.managed]: "true" } : platformLabels;
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...labels, ...enforce } } };
}

/** Flux: the operator as a release, and the FluxInstance with the tenancy lockdown. */
function fluxPlan({ mirror }: EstateFacts): GitOpsPlan {
  return {
    release: {
      name: "flux-operator",
      namespace: fluxNamespace,
      ...helmAddress(mirroredChart(charts.fluxOperator, mirror)),
      version: versions.fluxOperator.installed,
      values: {
        installCRDs: true,
        web: { enabled: false },
        ...(mirror === undefined ? {} : { image: { repository: mirroredImage(images.fluxOperator, mirror) } }),
      },
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
          registry: mirroredImage(fluxDistribution.registry, mirror),
          artifact: mirroredArtifact(fluxDistribution.artifact, mirror),
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
function externalSecrets({ mirror }: EstateFacts): ReleasePlan {
  return {
    name: "external-secrets",
    namespace: externalSecretsNamespace,
    ...helmAddress(mirroredChart(charts.externalSecrets, mirror)),
    version: versions.externalSecrets.installed,
    values: {
      ...externalSecretsValues,
      ...(mirror === undefined ? {} : { image: { repository: mirroredImage(images.externalSecrets, mirror) } }),
    },
  };
}

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
  chosen: AddonChoices,
  own: KindOfCluster = { objects: [], facts: {} },
): PlatformPlan {
  const addons = planAddons(estate, cluster, chosen);
  return {
    namespaces: [
      ...[fluxNamespace, externalSecretsNamespace].map((name) => platformNamespace(name)),
      ...Object.entries(addons.namespaces).map(([name, security]) => platformNamespace(name, security)),
    ],
    releases: [externalSecrets(estate)],
    gitops: fluxPlan(estate),
    addons: addons.objects,
    objects: [...platformReconcilerObjects(), ...platformAccess(estate, groups), ...tenantRoles(), ...own.objects],
    guardrails: guardrails(estate).flatMap((guardrail) => inMode(guardrail, cluster.guardrails)),
    facts: clusterValues(estate, cluster, environments, own.facts),
  };
}
