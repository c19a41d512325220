import { vclusterPods } from "../features/vcluster/network";
import { label } from "../model/labels";
import { parseAddress, type Address } from "../model/network/address";
import type { Network, Pod } from "../model/network/policy";
import type { Networks } from "../model/network/reach";
import type { ClusterPlan, EstatePlan } from "./plan";
import type { HomePlan } from "./home";

/**
 * Where a pod's own address may lie: it is private, and which block a cluster's pods have is not the plan's to know. So a
 * rule for private addresses counts for pods, too, as it does for many network plugins.
 */
export const podAddresses: readonly Address[] = ["10.0.0.10", "172.16.0.10", "192.168.0.10", "fd00::10"].flatMap(
  (text) => parseAddress(text) ?? [],
);

/** The namespaces of a home's kind on a cluster. */
function networkOf({ name, platform }: ClusterPlan, homes: readonly HomePlan[]): Network {
  const here = homes.filter(({ cluster }) => cluster === name);
  const data = here.flatMap((home) => home.data ?? []);
  const namespaces = [...platform.namespaces, ...[...here, ...data].map(({ namespace }) => namespace)];
  return {
    namespaces: new Map([
      ["kube-system", {}],
      ...namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}] as const),
    ]),
    policies: [...platform.objects, ...[...here, ...data].flatMap(({ objects }) => objects)].filter(
      ({ kind }) => kind === "NetworkPolicy",
    ),
  };
}

/** What the plan's NetworkPolicies say, by cluster. Rules that somebody else makes there are not in the plan. */
export function networksOf(plan: EstatePlan): Networks {
  const homes = [...plan.tenants.flatMap((tenant) => tenant.homes), ...plan.sandboxes.map(({ home }) => home)];
  return new Map(plan.clusters.map((cluster) => [cluster.name, networkOf(cluster, homes)]));
}

/** One kind of pod in a home. */
export interface HomePod {
  /** Absent for the pods that a tenant's people run. */
  readonly what?: "control plane" | "name service" | "store";
  readonly pod: Pod;
}

/** The kinds of pods that rules of a home tell apart. Those of the two ends are different pods, of the same home, too. */
export function podsOf(
  { cluster, namespace: { metadata }, objects }: Pick<HomePlan, "cluster" | "namespace" | "objects">,
  end: "from" | "to",
): HomePod[] {
  const pod = (name: string, labels: Pod["labels"]): Pod => {
    return { cluster, namespace: metadata.name, name: `${end} ${name}`, labels, addresses: podAddresses };
  };
  if (metadata.labels?.[label.isolation] !== "vcluster") return [{ pod: pod("pods", {}) }];
  const { workloads, names, controlPlane, store } = vclusterPods(metadata.name);
  const isStored = objects.some(({ kind, metadata: own }) => kind === "NetworkPolicy" && own.name === "vcluster-store");
  return [
    { pod: pod("pods", workloads) },
    { what: "name service", pod: pod("name service", names) },
    { what: "control plane", pod: pod("control plane", controlPlane) },
    ...(isStored ? [{ what: "store", pod: pod("store", store) } as const] : []),
  ];
}
