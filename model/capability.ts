import type { DeliveryRequest } from "./gitops";
import type { TenantHome } from "./home";
import { secretReader } from "./platform";

/**
 * What features ask of the systems that several tenants share. A capability is named by what it does; the backend that
 * serves it is named by its product (`secrets` is served by Vault). Plain data: decided in the plan, made real in
 * `components/`.
 */

/** What a tenant's people may do where a role is a level of a server's own, and not RBAC: as their role says, look, or nothing. */
export type PeopleReach = "role" | "view" | "none";

/** A workload of one namespace on one cluster may read the secrets below some folders. */
export interface SecretReader {
  readonly capability: "secrets";
  /** `<tenant>-<environment>`, the namespace's own name; unique on its cluster. */
  readonly name: string;
  /** The cluster whose tokens are trusted. */
  readonly cluster: string;
  /** The exact identity: no wildcard, no prefix. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
  /** Folders below the estate's mount, without a slash at either end: `payments/dev`. */
  readonly folders: readonly string[];
}

/** Kinds of things that an application can need. */
export type NeedKind = "postgres" | "bucket";

/** One of them, as a tenant's file says it. */
export interface NeededThing {
  readonly kind: NeedKind;
  readonly name?: string | undefined;
}

/** What makes the things that applications need: AWS beside a cluster, or CloudNativePG in it. */
export type NeedBackend = "aws" | "cloudnative-pg";

/** What databases are like, by the tenant's profile: what a class means to RDS, CPU and memory are to CloudNativePG. */
export interface DatabaseSize {
  readonly instanceClass: string;
  readonly cpu: string;
  readonly memory: string;
  readonly storageGi: number;
}

/** What one application needs in one home besides its pods. */
export interface ApplicationNeeds {
  readonly capability: "needs";
  readonly tenant: string;
  readonly environment: string;
  readonly namespace: string;
  readonly cluster: string;
  readonly application: string;
  readonly by: NeedBackend;
  /** Each with the Secret that tells the application of it. */
  readonly needs: readonly { readonly kind: NeedKind; readonly secret: string }[];
  /** What its databases are like, by the tenant's profile. */
  readonly database: DatabaseSize;
  /** Whether it may be used: not by a tenant on its way out, whose data is kept. */
  readonly credentials: boolean;
}

/** The reader of a home, who may read some folders: what several features ask for it is one reader's. */
export function homeReader(
  { namespace, cluster }: Pick<TenantHome, "namespace" | "cluster">,
  folders: readonly string[],
): SecretReader {
  return {
    capability: "secrets",
    name: namespace,
    cluster: cluster.name,
    serviceAccount: { namespace, name: secretReader },
    folders,
  };
}

/** Everything a feature can ask for one home. */
export type HomeRequest = SecretReader | ApplicationNeeds | DeliveryRequest;

/** A role of a tenant's people, and what it may do with repositories and images. */
export type TenantRole = "owners" | "developers" | "operations";

/** One person of a role whose members are listed. */
export interface ListedMember {
  readonly username: string;
  /** The server's number of the user: memberships are made by it, and nothing is looked up while the program runs. */
  readonly id: number;
}

/** Who is in a role's group, and how the server knows. */
export type RoleMembership =
  | { readonly kind: "listed"; readonly members: readonly ListedMember[] }
  /** Whoever the identity provider says is in the group, from their next sign-in on. */
  | { readonly kind: "saml"; readonly group: string }
  /** Whoever the directory says is in the group; `provider` is the server's own name for the directory. */
  | { readonly kind: "ldap"; readonly group: string; readonly provider: string }
  /** Somebody else keeps the group's members. */
  | { readonly kind: "external" };

/** One application of a tenant. */
export interface ApplicationRepository {
  readonly name: string;
  /** `own`: a project of the tenant. `existing`: a project that is there. `product`: a repository shared by many tenants. */
  readonly source:
    | { readonly kind: "own" }
    | { readonly kind: "existing"; readonly path: string }
    | { readonly kind: "product"; readonly product: string; readonly channel: string };
}

/** What runs in one environment is written in one repository. */
export interface OperationsRepository {
  readonly environment: string;
  readonly gate: "open" | "gated";
  /** The environment whose repository this one is forked from: the one it is promoted to. */
  readonly forkOf?: string;
  /** The environment whose pipeline proposes what runs here, by a merge request. */
  readonly promotesFrom?: string;
  /** The image automation may write to it. */
  readonly automation: boolean;
  /** Where pushes are told, by cluster. */
  readonly receivers: readonly { readonly cluster: string; readonly host: string }[];
}

/** A tenant's group, role groups and projects. */
export interface TenantRepositories {
  readonly capability: "repositories";
  readonly tenant: string;
  readonly displayName: string;
  readonly roles: Readonly<Record<TenantRole, RoleMembership>>;
  /** What those in the roles may do with the tenant's repositories. */
  readonly people: PeopleReach;
  readonly applications: readonly ApplicationRepository[];
  /** Each after the one it is forked from. */
  readonly operations: readonly OperationsRepository[];
  /** Files of the tenant's own page, by path. */
  readonly page: Readonly<Record<string, string>>;
  /** Whether its credentials exist: not for a tenant on its way out. */
  readonly credentials: boolean;
}

/** What the pipeline of one project pushes. */
export interface PushedImages {
  /** The project's full path in GitLab. */
  readonly project: string;
  /** Paths of the images below the tenant's part of the registry: `checkout`, `checkout/worker`. */
  readonly images: readonly string[];
}

/** A tenant's part of the registry. */
export interface RegistryProject {
  readonly capability: "registry";
  readonly tenant: string;
  /** `<estate>-<tenant>`, or `<estate>/<tenant>` where a registry has folders and no projects. */
  readonly name: string;
  /** What is pushed, and by whom. */
  readonly images: readonly PushedImages[];
  /** Clusters whose nodes pull. */
  readonly clusters: readonly string[];
  readonly sizeGi: number;
  readonly groups: readonly { readonly group: string; readonly role: TenantRole }[];
  /** What the groups may do with the images. */
  readonly people: PeopleReach;
  /** Environments that pull, each with a credential of its own. */
  readonly environments: readonly string[];
  readonly credentials: boolean;
}

/** A tenant's pipelines may read the secrets below some folders: on protected branches of exactly these projects. */
export interface PipelineReader {
  readonly capability: "pipelines";
  readonly tenant: string;
  readonly projects: readonly string[];
  readonly folders: readonly string[];
}

/** Everything a feature can ask for a tenant as a whole. */
export type TenantRequest = TenantRepositories | RegistryProject | PipelineReader;
