import type { AwsPlace } from "./aws/arns";
import type { DatabaseOperator } from "./cloudnative-pg";
import type { PushedImages, RoleMembership, TenantRole } from "./capability";
import type { GitOpsFacts } from "./gitops";
import type { EksLogin } from "./gitops-eks";
import type { GuardrailMode } from "./guardrail-mode";
import type { Mirror } from "./mirror";
import type { Product } from "./product";
import type { Quota } from "./profile";

/** Credentials that were made together. Days are dates as text: the plan has no clock. */
export interface Generation {
  /** The day that they count from. */
  readonly issued: string;
  /** The last day of those for repositories. */
  readonly expires: string;
  /** Grows with `issued`: the version of values that are written once and never read back. */
  readonly serial: number;
  /** Ends the logical names of its resources; nothing for the first, whose names never had one. */
  readonly mark: string;
}

/**
 * The credentials that are valid together, the ones in use last. Those before stay until the next rotation, so that nobody
 * holds what is gone: what reads Vault reads it when its own time comes.
 */
export type Generations = readonly [...before: Generation[], current: Generation];

/** How long the credentials last that Estate makes, and which of them there are. */
export interface Credentials {
  /** The day from which credentials count. A later one renews them all, without an overlap. */
  readonly issued: string;
  /** The last day of the credentials for repositories that the whole estate uses. */
  readonly expires: string;
  /** Days that a credential for images lasts from its making. */
  readonly robotDays: number;
  /** Days from a making to the rotation that is due. */
  readonly rotateDays: number;
  /** What the platform has, and each tenant that is not among `tenants`. */
  readonly generations: Generations;
  /** Tenants that were rotated by themselves. */
  readonly tenants: Readonly<Record<string, Generations>>;
}

/** A tenant's generations; the platform's without a name. */
export function generationsOf(
  { generations, tenants }: Pick<Credentials, "generations" | "tenants">,
  tenant?: string,
): Generations {
  return tenant !== undefined && Object.hasOwn(tenants, tenant) ? (tenants[tenant] ?? generations) : generations;
}

/** The generation that is in use. */
export function currentOf(generations: Generations): Generation {
  return inUse(generations, (generation) => generation);
}

/** One thing of each generation, and the one in use of them. */
export function inUse<T>(generations: Generations, make: (generation: Generation) => T): T {
  const [first, ...others] = generations;
  return others.reduce((_, generation) => make(generation), make(first));
}

/** What is known of any registry. */
interface RegistryFacts {
  readonly url: string;
  /** Newest images that a repository keeps. */
  readonly keep: number;
  /** Beginnings of other images that tenants may run: `docker.io/library/`. */
  readonly alsoFrom: readonly string[];
}

/** Images are kept in Harbor. */
export interface HarborFacts extends RegistryFacts {
  readonly kind: "harbor";
  readonly groupType: "oidc" | "ldap" | "internal";
}

/** Images are kept in Amazon ECR: nobody has a password for it, and whoever pulls or pushes does it as a role of AWS. */
export interface EcrFacts extends RegistryFacts {
  readonly kind: "ecr";
  readonly place: AwsPlace;
  /** Days that an image without a tag is kept. */
  readonly untaggedDays: number;
  /** ARN of the key by which images are encrypted; ECR's own when absent. */
  readonly key?: string;
  /** Who signs the identity tokens of pipelines, as AWS reaches it: `https://gitlab.example.com`. */
  readonly issuer: string;
  /** Whether another stack has told IAM of that issuer already: an account takes each once. */
  readonly issuerKnown: boolean;
  /** ARN of the role of the nodes, by cluster that Estate makes. */
  readonly nodes: Readonly<Record<string, string>>;
  /** ARNs of the roles of nodes of clusters that were brought along. */
  readonly otherNodes: readonly string[];
}

/** What every part of the plan may know about the estate. */
export interface EstateFacts {
  /** Begins every name that Estate makes in a shared system. */
  readonly name: string;
  /** The DNS domain below which tenants' host names live. */
  readonly domain: string;
  /** Protect what holds data from deletion. */
  readonly protect: boolean;
  /** Address under which clusters reach Vault. */
  readonly vaultAddress: string;
  /** The authority that signed Vault's certificate, in PEM, where that is a private one. */
  readonly vaultCaPem?: string;
  /** Where the tenants' repositories are: the GitLab's URL without a slash at its end, and the parent group. */
  readonly gitlab: {
    readonly url: string;
    readonly parent: string;
    /** The number of the parent group, where it is there already. */
    readonly parentId?: number;
    readonly edition: "ce" | "ee";
  };
  /** Where images are kept. */
  readonly registry: HarborFacts | EcrFacts;
  /** What brings what is in Git. */
  readonly gitops: GitOpsFacts;
  /** How long the credentials last that Estate makes. */
  readonly credentials: Credentials;
  /** Repositories that many tenants run from, by name. */
  readonly products: Readonly<Record<string, Product>>;
  /** Where charts and images come from instead of their own registries. */
  readonly mirror?: Mirror;
  /** PriorityClasses that tenants' pods may have. */
  readonly priorityClasses: readonly string[];
  /** What the API servers put before a group's name of the identity provider (kube-apiserver --oidc-groups-prefix). */
  readonly groupsPrefix: string;
}

/** A stage that tenants run in. */
export interface EnvironmentFacts {
  readonly name: string;
  /**
   * `open`: owners and developers change things by hand. `gated`: what runs was promoted from another environment, so
   * people look and operate, and Git changes.
   */
  readonly gate: "open" | "gated";
  /** Clusters that it is placed on. */
  readonly clusters: readonly string[];
  readonly promotesFrom?: string;
}

/** How a cluster came to be, and on EKS who brings its nodes: what it has of its own differs by that. */
export type ClusterKind = "existing" | "eks-auto" | "eks-groups";

/** One cluster of the estate. */
export interface ClusterFacts {
  readonly name: string;
  readonly role: "control-plane" | "workload";
  readonly kind: ClusterKind;
  /** Addresses of its network, where Estate makes the cluster: `10.20.0.0/16`. */
  readonly addresses?: string;
  /** On EKS: as whom a GitOps engine on another cluster logs in. */
  readonly eks?: EksLogin;
  /** Order in which changes reach clusters: 0 first. */
  /** What makes databases on it, where it was brought along and has such a thing. */
  readonly databases?: DatabaseOperator;
  readonly ring: number;
  readonly guardrails: GuardrailMode;
}

/** The people's groups of a tenant, as the identity provider names them. */
export interface TenantGroups {
  readonly owners: string;
  readonly developers: string;
  readonly operations: string;
}

/** Where a tenant is in its life; see docs/architecture.md, "Lifecycle". */
export type LifecycleState = "active" | "suspended" | "retiring" | "removed";

/** Who a tenant is. */
export interface TenantFacts {
  readonly name: string;
  readonly displayName: string;
  readonly owner: string;
  readonly costCenter?: string;
  readonly isolation: "namespace" | "vcluster";
  readonly groups: TenantGroups;
  /** How the repositories' server knows who is in each role. */
  readonly membership: Readonly<Record<TenantRole, RoleMembership>>;
  readonly state: LifecycleState;
}

/** One tenant as a whole. */
export interface TenantScope {
  readonly estate: EstateFacts;
  readonly tenant: TenantFacts;
  /** The environments that it runs in. */
  readonly environments: readonly EnvironmentFacts[];
  /** GiB that its registry project may hold. */
  readonly registryGi: number;
  /** What the pipelines of its projects push. */
  readonly images: readonly PushedImages[];
}

/** Whether all pods of a home must run on its own nodes, or may: while its workloads move in or out. */
export type PoolUse = "required" | "optional";

/** Nodes of one home's own. */
export interface OwnPool {
  /** As their label and their taint name them. */
  readonly name: string;
  readonly use: PoolUse;
}

/** One tenant in one environment on one cluster: a namespace, and everything that was decided about it. */
export interface TenantHome {
  readonly estate: EstateFacts;
  readonly tenant: TenantFacts;
  readonly environment: EnvironmentFacts;
  readonly cluster: ClusterFacts;
  /** The namespace's name. */
  readonly namespace: string;
  /** On every object of the home. */
  readonly labels: Readonly<Record<string, string>>;
  /** The nodes that are its own. */
  readonly pool?: OwnPool;
  readonly quota: Quota;
}
