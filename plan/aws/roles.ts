import { managedPolicyArn, type AwsPlace } from "../../model/aws/arns";
import { roleName, type RolePurpose } from "../../model/aws/names";
import type { PolicyDocument } from "../../model/aws/policy";
import { clusterTrust, deployerTrust, nodeTrust, podTrust, type WorkloadIdentity } from "../../model/aws/trust";

/** A role: who may act as it, and what it may do. */
export interface RolePlan {
  readonly name: string;
  readonly trust: PolicyDocument;
  /** ARNs of policies that AWS maintains. */
  readonly managed: readonly string[];
  /** Rights of its own. */
  readonly policy?: PolicyDocument;
}

/** Which cluster's roles. */
export interface RoleScope {
  readonly place: AwsPlace;
  readonly estate: string;
  readonly cluster: string;
}

const managed = (place: AwsPlace, ...names: readonly string[]): string[] =>
  names.map((name) => managedPolicyArn(place, name));

/** As whom EKS works in the account. The last four are Auto Mode's: nodes, disks, load balancers, network interfaces. */
export function clusterRole({ place, estate, cluster }: RoleScope, auto: boolean): RolePlan {
  const own = ["AmazonEKSClusterPolicy"];
  const forAuto = [
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
  ];
  return {
    name: roleName(estate, cluster, "cluster"),
    trust: clusterTrust(),
    managed: managed(place, ...own, ...(auto ? forAuto : [])),
  };
}

/** As whom nodes work: they join, and pull images. What pods need, pods have by identities of their own. */
export function nodeRole({ place, estate, cluster }: RoleScope, auto: boolean): RolePlan {
  const join = auto
    ? ["AmazonEKSWorkerNodeMinimalPolicy"]
    : ["AmazonEKSWorkerNodePolicy", "AmazonSSMManagedInstanceCore"];
  return {
    name: roleName(estate, cluster, "nodes"),
    trust: nodeTrust(),
    managed: managed(place, ...join, "AmazonEC2ContainerRegistryPullOnly"),
  };
}

/** As whom Pulumi writes to the cluster, whoever runs it. It has rights inside the cluster, and none in AWS. */
export function deployerRole({ estate, cluster }: RoleScope, deployers: readonly string[]): RolePlan {
  return { name: roleName(estate, cluster, "deployer"), trust: deployerTrust(deployers), managed: [] };
}

/** As whom one ServiceAccount's pods work in the account. */
export function podRole(
  { place, estate, cluster }: RoleScope,
  purpose: RolePurpose,
  workload: WorkloadIdentity,
  rights: { readonly policy?: PolicyDocument; readonly managed?: readonly string[] },
): RolePlan {
  return {
    name: roleName(estate, cluster, purpose),
    trust: podTrust(place, workload),
    managed: managed(place, ...(rights.managed ?? [])),
    ...(rights.policy === undefined ? {} : { policy: rights.policy }),
  };
}
