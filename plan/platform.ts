import { guardrails } from "../guardrails";
import { inMode } from "../guardrails/mode";
import type { EnginePlatform } from "../engines/engine";
import type { CentralPlan, GitOpsPlan } from "../model/gitops";
import type { ClusterFacts, EnvironmentFacts, EstateFacts } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { label, platformLabels } from "../model/labels";
import { externalSecretsNamespace, fluxNamespace } from "../model/platform";
import type { ReleasePlan } from "../model/release";
import { externalSecretsValues } from "../model/secrets-controller";
import type { PodSecurity } from "../model/addon";
import { helmAddress, mirroredChart, mirroredImage } from "../model/mirror";
import { databaseOperatorValues } from "../model/cloudnative-pg";
import { charts, images, podSecurityVersion, versions } from "../model/versions";
import { platformAccess, tenantRoles } from "./access";
import { planAddons, type AddonChoices } from "./addons";
import { clusterValues, clusterValuesObject, type ClusterValues } from "./cluster-values";

export type { GitOpsPlan } from "../model/gitops";
export type { ReleasePlan } from "../model/release";

/** Everything that a cluster has besides tenants. */
export interface PlatformPlan {
  readonly namespaces: readonly KubernetesObject[];
  readonly releases: readonly ReleasePlan[];
  /** What the GitOps engine is called, wherever it runs. */
  readonly engine: string;
  /** Absent on a cluster where the GitOps engine does not run. */
  readonly gitops?: GitOpsPlan;
  /** What the GitOps engine installs besides tenants: its own objects, written once it is ready. */
  readonly addons: readonly KubernetesObject[];
  /** What an engine that runs elsewhere has there, so that it installs that. */
  readonly central?: CentralPlan;
  /** Roles and bindings: no custom resources, so that they need no CRD. */
  readonly objects: readonly KubernetesObject[];
  /** In force before a tenant's people and reconcilers have any access. */
  readonly guardrails: readonly KubernetesObject[];
  /** The cluster's facts: written last, so that everything else is in force where they are. */
  readonly facts: KubernetesObject;
}

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

/** CloudNativePG, where a cluster has it from Estate: its CRDs are there in the same pass, in which databases are written. */
function databaseOperator({ mirror }: EstateFacts, { databases }: ClusterFacts): ReleasePlan[] {
  if (databases?.install !== true) return [];
  return [
    {
      name: "cloudnative-pg",
      namespace: databases.namespace,
      ...helmAddress(mirroredChart(charts.cloudNativePg, mirror)),
      version: versions.cloudNativePgChart.installed,
      values: {
        ...databaseOperatorValues,
        image: {
          repository: mirroredImage(images.cloudNativePg, mirror),
          tag: versions.cloudNativePg.installed,
        },
      },
    },
  ];
}

/** What a kind of cluster adds to the platform on it. */
export interface KindOfCluster {
  /** Objects that a cluster of its kind needs besides. */
  readonly objects: readonly KubernetesObject[];
  /** Facts that releases may need of it. */
  readonly facts: { readonly [key: string]: Json };
}

/** Plans what a cluster has besides tenants. */
export function planPlatform(
  estate: EstateFacts,
  cluster: ClusterFacts,
  environments: readonly EnvironmentFacts[],
  groups: { readonly clusterAdmins: string; readonly systemApprovers: string; readonly developers: string },
  { addons: chosen, clusterValues: said }: { readonly addons: AddonChoices; readonly clusterValues: ClusterValues },
  engine: EnginePlatform,
  own: KindOfCluster = { objects: [], facts: {} },
): PlatformPlan {
  const values = clusterValues(estate, cluster, environments, own.facts, said);
  const addons = planAddons(estate, cluster, chosen, values);
  const brought = engine.addons(addons.releases);
  const releases = [externalSecrets(estate), ...databaseOperator(estate, cluster)];
  return {
    namespaces: [
      ...[estate.gitops.namespace, ...releases.map(({ namespace }) => namespace)].map((name) =>
        platformNamespace(name),
      ),
      ...Object.entries(addons.namespaces).map(([name, security]) => platformNamespace(name, security)),
    ],
    releases: [...releases, ...(engine.releases ?? [])],
    engine: estate.gitops.instance,
    ...(engine.gitops === undefined ? {} : { gitops: engine.gitops }),
    addons: brought.objects,
    ...(brought.central === undefined ? {} : { central: brought.central }),
    objects: [
      ...engine.identity,
      ...platformAccess(estate, groups),
      ...tenantRoles(),
      ...engine.objects,
      ...own.objects,
    ],
    guardrails: guardrails(estate).flatMap((guardrail) => inMode(guardrail, cluster.guardrails)),
    facts: clusterValuesObject(estate, values),
  };
}
