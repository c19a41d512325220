import { foundations, type Addon, type AddonLayer, type PodSecurity } from "./addon";
import { addons } from "./addons";
import type { ClusterFacts, ClusterKind } from "./home";
import type { Values } from "./values";

/** What the settings say about one addon; of one in the catalogue only the first half. */
export interface AddonSettings {
  readonly version?: string | undefined;
  readonly clusters?: readonly string[] | undefined;
  readonly values: Values;
  readonly valuesByRing: Readonly<Record<string, Values>>;
  readonly valuesByCluster: Readonly<Record<string, Values>>;
  /** The release takes the cluster's values, too. */
  readonly clusterValues?: boolean | undefined;
  readonly chart?: string | undefined;
  readonly repository?: string | undefined;
  readonly namespace?: string | undefined;
  readonly podSecurity?: PodSecurity | undefined;
  readonly layer?: AddonLayer | undefined;
  readonly needs?: readonly string[] | undefined;
}

/** What is asked of a cluster to know which addons go there. */
export interface AddonCluster {
  readonly role: ClusterFacts["role"];
  readonly kind: "existing" | "eks";
  /** Who brings the nodes, on EKS. */
  readonly compute?: { readonly kind: "auto" | "groups" };
}

/** The kind of a cluster, as far as addons differ by it. */
export function clusterKind({ kind, compute }: Pick<AddonCluster, "kind" | "compute">): ClusterKind {
  return kind === "existing" ? "existing" : compute?.kind === "groups" ? "eks-groups" : "eks-auto";
}

/** The catalogue's entry in the chosen version, or the settings' own; undefined where neither says enough. */
export function chosenAddon(name: string, choice: AddonSettings): Addon | undefined {
  const known = addons.find((addon) => addon.name === name);
  if (known !== undefined) return { ...known, version: choice.version ?? known.version };
  const { chart, repository, version, namespace } = choice;
  if (chart === undefined || repository === undefined || version === undefined || namespace === undefined)
    return undefined;
  return {
    name,
    summary: "",
    source: { chart, repository },
    version,
    namespace,
    podSecurity: choice.podSecurity ?? "restricted",
    layer: choice.layer ?? "services",
    ...(choice.needs === undefined ? {} : { needs: choice.needs }),
    roles: ["control-plane", "workload"],
    values: {},
    images: [],
    rehearsed: { not: "an addon of the estate's own" },
  };
}

/** Names of the clusters that an addon goes to. */
export function clustersOfAddon(
  addon: Addon,
  { clusters: chosen }: AddonSettings,
  clusters: Readonly<Record<string, AddonCluster>>,
): string[] {
  return Object.entries(clusters)
    .filter(([name, cluster]) =>
      chosen === undefined ? goesTo(addon, cluster.role, clusterKind(cluster)) : chosen.includes(name),
    )
    .map(([name]) => name);
}

/** Whether an addon goes to clusters of a role and a kind, where the settings name none. */
export function goesTo(addon: Addon, role: ClusterFacts["role"], kind: ClusterKind): boolean {
  return addon.roles.includes(role) && (addon.kinds === undefined || addon.kinds.includes(kind));
}

/** Names of those among the addons of a cluster that another one of them waits for. */
export function waitsFor(addon: Addon, others: readonly Addon[]): string[] {
  const layers: readonly AddonLayer[] = foundations.slice(
    0,
    foundations.includes(addon.layer) ? foundations.indexOf(addon.layer) : foundations.length,
  );
  return others
    .filter(
      ({ name, layer }) => name !== addon.name && (layers.includes(layer) || addon.needs?.includes(name) === true),
    )
    .map(({ name }) => name)
    .sort();
}
