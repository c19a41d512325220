import { engineOf } from "../../engines";
import type { EksCluster } from "../../config/clusters";
import { accessPolicyArn, accountArn, clusterArn, type AwsPlace } from "../../model/aws/arns";
import { controlPlaneLogs, eksName, keyAlias } from "../../model/aws/names";
import { keyPolicy } from "../../model/aws/policies";
import type { PolicyDocument } from "../../model/aws/policy";
import type { EstateFacts } from "../../model/home";
import { serviceRange } from "../../model/aws/subnets";
import { clusterTags, type Tags } from "../../model/aws/tags";
import { tokenAudience } from "../../engines/login";
import { planCompute, type ComputePlan } from "./compute";
import { engineAccess, engineIdentities, type EngineAccess } from "./gitops";
import { imageScanIdentity, planIdentities, type PodIdentityPlan } from "./identities";
import { planNetwork, type NetworkPlan } from "./network";
import { clusterRole, deployerRole, nodeRole, type RolePlan, type RoleScope } from "./roles";

/** People as the cluster knows them, by a provider of identities. */
export interface PeoplePlan {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly usernameClaim: string;
  readonly usernamePrefix: string;
  readonly groupsClaim: string;
  readonly groupsPrefix: string;
}

/** How a cluster knows the ServiceAccounts of the control plane, where a GitOps engine there shows their tokens. */
export interface IssuerTrust {
  readonly audience: string;
  readonly usernamePrefix: string;
}

/** A cluster on EKS with all that it stands on. */
export interface EksPlan {
  readonly kind: "eks";
  /** Its name in EKS. */
  readonly eksName: string;
  readonly arn: string;
  readonly region: string;
  readonly version: string;
  readonly network: NetworkPlan;
  /** The range of Services. */
  readonly services: string;
  /** The key by which Secrets are encrypted. */
  readonly key: { readonly alias: string; readonly policy: PolicyDocument };
  readonly logs: { readonly group: string; readonly kinds: readonly string[]; readonly days: number };
  readonly clusterRole: RolePlan;
  readonly nodeRole: RolePlan;
  /** As whom Pulumi writes; it is the first that is let in. */
  readonly deployer: RolePlan;
  /** ARNs of the roles that are let in besides. */
  readonly admins: readonly string[];
  /** The access policy of all those. */
  readonly adminPolicy: string;
  readonly endpoint: { readonly public: boolean; readonly allow: readonly string[] };
  readonly compute: ComputePlan;
  readonly identities: readonly PodIdentityPlan[];
  /** What lets a GitOps engine in that runs on the control plane. */
  readonly engine?: EngineAccess;
  readonly people?: PeoplePlan;
  /** Whose tokens it takes besides: those of the control plane's ServiceAccounts that are for it. */
  readonly trust?: IssuerTrust;
  readonly deletionProtection: boolean;
  /** Traffic leaves a zone that AWS finds ill. */
  readonly zonalShift: boolean;
  readonly tags: Tags;
}

/** What a cluster's plan is made from, besides its own settings. */
export interface EksScope {
  readonly place: AwsPlace;
  readonly deployers: readonly string[];
  readonly estate: Pick<EstateFacts, "name" | "protect" | "groupsPrefix" | "registry" | "gitops">;
}

/** A GitOps engine that runs on the control plane alone. */
export interface CentralEngine {
  readonly namespace: string;
  readonly plane: string;
  /** The workload clusters on EKS. */
  readonly targets: readonly string[];
  /** Where the engine shows tokens of its ServiceAccounts, what comes before their names; else it logs in as a role of AWS. */
  readonly usernamePrefix?: string;
}

/** How an engine on the control plane comes into a cluster. */
function letIn(scope: RoleScope, { plane, usernamePrefix }: CentralEngine): Pick<EksPlan, "engine" | "trust"> {
  if (usernamePrefix === undefined) return { engine: engineAccess(scope, plane) };
  return { trust: { audience: tokenAudience(scope.estate, scope.cluster), usernamePrefix } };
}

/** Plans a cluster on EKS. */
export function planEks(
  { place, deployers, estate }: EksScope,
  name: string,
  cluster: EksCluster,
  engine?: CentralEngine,
): EksPlan {
  const eks = eksName(estate.name, name);
  const scope = { place, estate: estate.name, cluster: name };
  const auto = cluster.compute.kind === "auto";
  const { oidc } = cluster;
  return {
    kind: "eks",
    eksName: eks,
    arn: clusterArn(place, eks),
    region: place.region,
    version: cluster.version,
    network: planNetwork(place, estate.name, name, eks, cluster),
    services: cluster.network.services ?? serviceRange(cluster.network.cidr),
    key: { alias: keyAlias(eks), policy: keyPolicy(place, accountArn(place), []) },
    logs: { group: controlPlaneLogs(eks), kinds: [...cluster.logs.kinds].sort(), days: cluster.logs.days },
    clusterRole: clusterRole(scope, auto),
    nodeRole: nodeRole(scope, auto),
    deployer: deployerRole(scope, [...deployers].sort()),
    admins: [...cluster.admins].sort(),
    adminPolicy: accessPolicyArn(place, "AmazonEKSClusterAdminPolicy"),
    endpoint: { public: cluster.endpoint.public, allow: [...cluster.endpoint.allow].sort() },
    compute: planCompute(scope, cluster),
    identities: [
      ...planIdentities(scope, cluster.identities),
      ...(estate.registry.kind === "ecr" && engineOf(estate.gitops.kind).scansImagesOn === cluster.role
        ? [imageScanIdentity(scope)]
        : []),
      ...(engine?.plane === name && engine.usernamePrefix === undefined && engine.targets.length > 0
        ? engineIdentities(scope, engine.namespace, engine.targets)
        : []),
    ],
    ...(engine?.targets.includes(name) === true ? letIn(scope, engine) : {}),
    ...(oidc === undefined
      ? {}
      : {
          people: {
            issuerUrl: oidc.issuer,
            clientId: oidc.clientId,
            usernameClaim: oidc.usernameClaim,
            usernamePrefix: oidc.usernamePrefix,
            groupsClaim: oidc.groupsClaim,
            groupsPrefix: estate.groupsPrefix,
          },
        }),
    deletionProtection: cluster.deletionProtection ?? estate.protect,
    zonalShift: estate.protect,
    tags: clusterTags(name),
  };
}
