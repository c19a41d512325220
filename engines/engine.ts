import type { z } from "zod";
import type {
  Ability,
  CentralPlan,
  DeliveryRequest,
  GitOpsFacts,
  GitOpsPlan,
  VirtualAccess,
  DeliveryKind,
  GitDeliveryPlan,
} from "../model/gitops";
import type { AddonRelease } from "../model/addon";
import type { SecretReader } from "../model/capability";
import type { ClusterFacts, EstateFacts, TenantHome, TenantScope } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";
import type { ReleasePlan } from "../model/release";

/** Why an engine cannot do something, and what to do instead: cause and remedy of a user's mistake. */
export interface Lack {
  readonly cause: string;
  readonly remedy: string;
  /** Only where images are kept so. */
  readonly registry?: EstateFacts["registry"]["kind"];
}

/** An application's entry in `images/kustomization.yaml`, as an engine with image updates wants it. */
export interface ImageVersions {
  /** The image's name; `<tenant>` stands for the tenant's. */
  name(this: void, estate: EstateFacts): string;
  /** Follows the tag. */
  mark(this: void, environment: string): string;
  /** What is said of it. */
  readonly told: string;
}

/** What an engine needs of the whole estate. */
export interface EngineScope {
  readonly estate: EstateFacts;
  readonly cluster: ClusterFacts;
  readonly clusters: readonly ClusterFacts[];
  readonly delivery: DeliveryKind;
  /** Names of the clusters that addons go to. */
  readonly addonClusters: readonly string[];
  /** The platform's own people, as the identity provider names their groups. */
  readonly groups: { readonly clusterAdmins: string; readonly systemApprovers: string };
  /** Who says who people are, if Estate knows. */
  readonly identity?: { readonly issuer: string; readonly groupsClaim: string; readonly scopes: readonly string[] };
}

/** What is known of the estate before the engine's own facts are. */
export interface EnginePlace {
  readonly domain: string;
  /** The control plane, and who signs its ServiceAccounts' tokens, where the settings say so. */
  readonly plane: { readonly name: string; readonly onEks: boolean; readonly issuer?: string };
}

/** What an engine is told so that it installs addons: on their cluster, and where it runs, if that is another. */
export interface EngineAddons {
  readonly objects: readonly KubernetesObject[];
  readonly central?: CentralPlan;
}

/** What an engine has on one cluster. */
export interface EnginePlatform {
  /** Absent on a cluster where the engine does not run. */
  readonly gitops?: GitOpsPlan;
  /** What else is installed for it; tenants come after these. */
  readonly releases?: readonly ReleasePlan[];
  /** The identity by which the engine applies what belongs to the platform. */
  readonly identity: readonly KubernetesObject[];
  /** Roles, ConfigMaps: no custom resources. */
  readonly objects: readonly KubernetesObject[];
  /** What it is told so that it installs addons there. */
  addons(this: void, releases: readonly AddonRelease[]): EngineAddons;
}

/** A home, and what it wants. */
export interface WantingHome {
  readonly home: TenantHome;
  readonly requests: readonly DeliveryRequest[];
}

/** What an engine that runs on one cluster adds to a tenant. */
export interface CentralTenant {
  readonly plan: CentralPlan;
  readonly secretReaders: readonly SecretReader[];
}

/**
 * A product that brings what is in Git: one file in this folder, and one name in `index.ts`. Like a feature it decides and
 * never creates: it answers with plain manifests.
 */
export interface GitOpsEngine<Kind extends string = string> {
  /** Its name: `estate:gitops.kind`, and the topology where that is not the kind's first. */
  readonly kind: Kind;
  /** As people write it. */
  readonly title: string;
  readonly namespace: string;
  /** What the annotation of a home's namespace says of the engine that was ready before it. */
  readonly instance: string;
  /** Whether homes are told of pushes by webhooks. */
  readonly receivers: boolean;
  /** How a version is written so that the engine renews it: for the page that tells tenants of their repositories. */
  readonly imageVersions: ImageVersions;
  /** Role of the clusters on which it looks for new images itself, and so wants a role of AWS for those in ECR. */
  readonly scansImagesOn?: ClusterFacts["role"];
  /** What stands under `estate:gitops`. */
  readonly schema: z.ZodObject;
  /** What it cannot do. */
  readonly lacks: Readonly<Partial<Record<Ability, Lack>>>;
  /** On an object that is to outlive its file in Git: the annotations by which the engine leaves it alone. */
  readonly keep: Readonly<Record<string, string>>;
  /** How it is told that what it brought stays when it goes; absent for one whose going never takes anything along. */
  readonly leaving?: {
    /** What is written into the stack file, in a run before. */
    readonly write: string;
    said(this: void, settings: GitOpsFacts["settings"]): boolean;
  };
  /** How it gets into the virtual clusters of homes. */
  virtual(this: void, settings: GitOpsFacts["settings"], place: EnginePlace): VirtualAccess;
  /** What it has on a cluster besides tenants. */
  platform(this: void, scope: EngineScope): EnginePlatform;
  /** How it brings what the cluster-management project holds, if it runs on the cluster of the scope. */
  delivery(this: void, scope: EngineScope, kind: DeliveryKind): GitDeliveryPlan | undefined;
  /** What it makes of a request, in the home itself. */
  home(this: void, home: TenantHome, request: DeliveryRequest): KubernetesObject[];
  /**
   * What clusters on EKS put before the names of its ServiceAccounts, where it logs in to those by tokens of the control
   * plane; absent for an engine that does not.
   */
  issuedPrefix?(this: void, estate: Pick<EstateFacts, "gitops">): string;
  /** What it has of a tenant on the cluster where it runs; absent for an engine that runs on every cluster. */
  tenant?(this: void, tenant: TenantScope, homes: readonly WantingHome[], plane: string): CentralTenant;
}
