import type { ClusterFacts, ClusterKind } from "./home";
import type { KubernetesObject } from "./kubernetes";
import type { Chart } from "./mirror";
import type { Values } from "./values";

/**
 * The order in which addons come up on a cluster. Those of `definitions` and `certificates` bring kinds and certificates
 * that the rest is written in, so all later ones wait for them. Otherwise one waits for another only by its `needs`.
 */
export const addonLayers = ["definitions", "certificates", "entrance", "policies", "services"] as const;
export type AddonLayer = (typeof addonLayers)[number];

/** Layers that everything behind them waits for. */
export const foundations: readonly AddonLayer[] = ["definitions", "certificates"];

/** What Pod Security enforces in an addon's namespace: what its pods need, and no more. */
export type PodSecurity = "restricted" | "baseline" | "privileged";

/** The same values on EKS whoever brings the nodes. */
export function onEks(values: Values): Partial<Readonly<Record<ClusterKind, Values>>> {
  return { "eks-auto": values, "eks-groups": values };
}

/** A place in a chart's values that names an image, or the registry of images. */
export interface ImageKey {
  readonly at: readonly (string | number)[];
  /**
   * Where the whole name stands there, up to the tag or with it: that name, as without a mirror. Absent where the registry
   * alone stands there.
   */
  readonly image?: string;
}

/** The chart's source that the values are held against by a test, or why it cannot be had where that test runs. */
export type Rehearsed =
  | {
      /** The name by which sandbox/toolchain/manifests.ts knows the module. */
      readonly component: string;
      /** Folder of the chart in it. */
      readonly folder: string;
      /** The version of the chart or the program there, without a `v`. */
      readonly version: string;
      /** Public hosts in the chart's values that never reach a pod under ours, and why. */
      readonly unused?: Readonly<Record<string, string>>;
    }
  | { readonly not: string };

/** One pinned release that the GitOps engine installs. An entry is data: there is no code for any one addon. */
export interface Addon {
  readonly name: string;
  /** What it is for, in one line of the documentation. */
  readonly summary: string;
  readonly source: Chart;
  /** Exact, as the repository has it: with a `v` only where its tags do. */
  readonly version: string;
  readonly namespace: string;
  readonly podSecurity: PodSecurity;
  readonly layer: AddonLayer;
  /** Addons that must be on the same cluster, and ready first. */
  readonly needs?: readonly string[];
  /** Clusters it goes to unless the settings say which. */
  readonly roles: readonly ClusterFacts["role"][];
  /** Kinds of cluster that have no such thing of their own; all when absent. */
  readonly kinds?: readonly ClusterKind[];
  readonly values: Values;
  /** More for one kind of cluster. */
  readonly valuesOn?: Partial<Readonly<Record<ClusterKind, Values>>>;
  /** API groups whose CustomResourceDefinitions it brings: it alone. */
  readonly definitions?: readonly string[];
  /** Every place where its values say where images come from. */
  readonly images: readonly ImageKey[];
  /** Objects of its own kinds that go with it, applied once it is ready. */
  readonly objects?: readonly KubernetesObject[];
  /** The GitOps engine that those objects are about, where it is one: without it they are left out. */
  readonly objectsAbout?: string;
  readonly rehearsed: Rehearsed;
}

/** The GitOps engine's objects of an addon. Tenants' begin with another word. */
export function addonObjectName(addon: string): string {
  return `addon-${addon}`;
}

/** One release, decided for one cluster. */
export interface AddonRelease {
  readonly addon: Addon;
  readonly source: Chart;
  readonly values: Values;
  /** The cluster's values, where it takes them, too, below its own. */
  readonly clusterValues?: Values;
  /** Addons that must be ready first. */
  readonly after: readonly string[];
  /** Objects of the addon's own kinds, once it is ready. */
  readonly objects: readonly Values[];
}

/** Facts of the estate and the cluster that values and objects may name. */
export const addonFacts = ["${estate.name}", "${estate.domain}", "${estate.cluster}"] as const;

/** API groups that the platform's own releases bring; no addon may. */
export const platformDefinitions = [
  "external-secrets.io",
  "generators.external-secrets.io",
  "fluxcd.controlplane.io",
  "source.toolkit.fluxcd.io",
  "kustomize.toolkit.fluxcd.io",
  "helm.toolkit.fluxcd.io",
  "notification.toolkit.fluxcd.io",
  "image.toolkit.fluxcd.io",
] as const;
