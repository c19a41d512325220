import type { AlertKind } from "./alert";
import type { SecretReader } from "./capability";
import type { Json, KubernetesObject } from "./kubernetes";
import type { ReleasePlan } from "./release";

/** What every part of the plan may know about the GitOps engine. */
export interface GitOpsFacts {
  /** `flux`, `flux-hub`: a name in `engines/index.ts`. */
  readonly kind: string;
  /** As people write it: "Flux". */
  readonly title: string;
  /** The namespace of the engine, and of the platform's own objects on every cluster. */
  readonly namespace: string;
  /** What the annotation of a home's namespace says of the engine that was ready before it. */
  readonly instance: string;
  /** Whether homes are told of pushes by webhooks; else the engine looks by itself. */
  readonly receivers: boolean;
  /**
   * The cluster that it runs on, from where it reads all repositories: homes need no login to them. Absent for an engine
   * that runs on every cluster.
   */
  readonly plane?: string;
  /** On an object that is to outlive its file in Git: the annotations by which the engine leaves it alone. */
  readonly keep: Readonly<Record<string, string>>;
  /** Whether what it brought stays when it goes, so that another may take over. */
  readonly leaves: boolean;
  readonly virtual: VirtualAccess;
  /** `estate:gitops`, checked. */
  readonly settings: { readonly [key: string]: Json };
}

/**
 * How Kubernetes objects of tenants reach their clusters. `handover` is the step between the two others: both sides hold
 * every object, neither deletes one, so that the next step takes none away.
 */
export type DeliveryKind = "direct" | "git" | "handover";

/** How a GitOps engine gets into the virtual clusters of homes. */
export interface VirtualAccess {
  /** The namespace of a home's cluster from which their API servers are called. */
  readonly from: string;
  /** Who signs the tokens that they are shown, where it is neither themselves nor their own cluster. */
  readonly issuer?: {
    readonly url: string;
    /** Whether its keys are read over the internet. */
    readonly onInternet: boolean;
  };
}

/** An application that runs a product's own manifests. */
export interface ProductApplication {
  readonly name: string;
  readonly product: string;
  readonly channel: string;
  /** What stands for `${name}` in the product's manifests; absent where nothing is put into them. */
  readonly substitute?: Readonly<Record<string, string>>;
}

/** An application whose new images are written into the environment's repository. */
export interface UpdatedApplication {
  readonly name: string;
  /** Semantic versions to follow. */
  readonly range: string;
}

/** Where alerts about delivery go. */
export interface DeliveryAlert {
  /** Tells it from the home's others. */
  readonly name: string;
  /** What it is sent to. */
  readonly kind: AlertKind;
  readonly channel?: string;
  readonly severity: "info" | "error";
  /** The secret in the environment's folder in Vault, and its keys. */
  readonly secret: string;
  readonly keys: readonly string[];
}

/** The chart of a home's virtual cluster, and what installing it takes. */
export interface VirtualClusterRelease {
  /** What the chart makes, by plural and name; all in the home's namespace. */
  readonly objects: Readonly<Record<"secrets" | "serviceaccounts" | "services", readonly string[]>>;
  /** Plurals of the workloads that it makes. */
  readonly workloads: readonly string[];
  /** Values of the chart, without the seed. */
  readonly values: Readonly<Record<string, Json>>;
  /** What the virtual cluster holds from its start. */
  readonly seed: readonly KubernetesObject[];
}

/** What a home wants of the GitOps engine. An engine that cannot do one of these says so before the plan (`Ability`). */
export type DeliveryRequest = { readonly capability: "delivery" } & (
  | { readonly want: "credential" }
  /** With the secrets of the environment's folder whose values its manifests may name. */
  | { readonly want: "repository"; readonly secretValues: readonly string[] }
  | { readonly want: "product"; readonly application: ProductApplication }
  | { readonly want: "image-updates"; readonly applications: readonly UpdatedApplication[] }
  | { readonly want: "alert"; readonly alert: DeliveryAlert }
  | { readonly want: "vcluster"; readonly release: VirtualClusterRelease }
);

/** What not every engine can do. */
export type Ability =
  | "image-updates"
  | `alert-${AlertKind}`
  | "vcluster"
  | "virtual-issuer"
  | "entrance"
  | "addon-objects"
  /** Addons of clusters that the engine does not run on. */
  | "workload-addons"
  | "git-delivery"
  | "eks"
  /** Clusters on EKS that know people by a provider of identities of their own. */
  | "eks-people"
  | "product-values"
  | "secret-values";

/** Something that a tenant's file asks of the engine, and where it stands below the feature's key. */
export interface AbilityUse {
  readonly path: readonly (string | number)[];
  readonly ability: Ability;
}

/** What the engine needs on a cluster. */
export interface GitOpsPlan {
  /** Name of the component that holds it: `Flux`. */
  readonly component: string;
  readonly release: ReleasePlan;
  /** The object by which the engine is configured; the cluster is ready for tenants once it is. */
  readonly instance: KubernetesObject;
}

/** How an engine that runs on one cluster reaches a home on another. */
export interface ClusterLogin {
  /** The cluster that is reached. */
  readonly cluster: string;
  /** The Secret without its data; what it holds is no secret. */
  readonly secret: KubernetesObject;
  /** The part of its data that is known before the run. */
  readonly data: Readonly<Record<string, string>>;
  /** The address under which the engine reaches the cluster, where it is another than Pulumi's. */
  readonly server?: string;
  /** Follows the address. */
  readonly query?: string;
  /** The authority that signed the certificate of that address, in PEM, where it is not the cluster's; empty: the system's own. */
  readonly authority?: string;
  /** How the engine logs in; the authority is added to it. */
  readonly config: { readonly [key: string]: Json };
}

/** What an engine must know to log in to a cluster as itself; a ConfigMap, because nothing of it is secret. */
export interface ClusterAddress {
  /** The cluster that is reached. */
  readonly cluster: string;
  /** The ConfigMap without its data. */
  readonly object: KubernetesObject;
  /** The part of its data that is known before the run. */
  readonly data: Readonly<Record<string, string>>;
  /** The address under which the engine reaches the cluster, where it is another than Pulumi's. */
  readonly server?: string;
  /** The keys under which the run adds the address, and the authority where the cluster has one of its own. */
  readonly keys: { readonly address: string; readonly authority: string };
}

/** What an engine that runs on one cluster has there of a tenant. */
export interface CentralPlan {
  readonly cluster: string;
  /** Namespaces of the tenant's own there, which hold the rest; none where that lies in the engine's. */
  readonly namespaces?: readonly KubernetesObject[];
  readonly addresses?: readonly ClusterAddress[];
  /** In force before anything is delivered. */
  readonly objects: readonly KubernetesObject[];
  readonly logins: readonly ClusterLogin[];
  /** What delivers: last to come, first to go. */
  readonly deliveries: readonly KubernetesObject[];
}

/** What makes clusters take their tenants from the cluster-management project, on the cluster where an engine runs that does it. */
export interface GitDeliveryPlan extends Omit<CentralPlan, "cluster"> {
  /** How the engine reads the project: by a Secret that the run fills, or by what it finds in Vault. */
  readonly credential:
    | { readonly kind: "secret"; readonly object: KubernetesObject }
    | { readonly kind: "vault"; readonly path: string; readonly reader: SecretReader };
}
