import type { EksCluster } from "../../config/clusters";
import { clusterArn } from "../../model/aws/arns";
import { eksName } from "../../model/aws/names";
import { podRole, type RolePlan, type RoleScope } from "./roles";

/** Nodes as AWS brings them. */
export interface AutoPlan {
  readonly kind: "auto";
  readonly nodePools: readonly string[];
}

/** One managed group of nodes. */
export interface NodeGroupPlan {
  readonly name: string;
  readonly instanceTypes: readonly string[];
  readonly amiType: "AL2023_x86_64_STANDARD" | "AL2023_ARM_64_STANDARD";
  readonly capacityType: "ON_DEMAND" | "SPOT";
  readonly min: number;
  readonly max: number;
  readonly diskGi: number;
}

/** What nodes need that EKS installs. */
export interface AddonPlan {
  readonly name: string;
  /** AWS' default for the cluster's version when absent. */
  readonly version?: string;
  /** Nodes become ready by it; the others wait for nodes to run on. */
  readonly beforeNodes: boolean;
  readonly identity?: { readonly serviceAccount: string; readonly role: RolePlan };
}

export interface GroupsPlan {
  readonly kind: "groups";
  readonly groups: readonly NodeGroupPlan[];
  readonly addons: readonly AddonPlan[];
}

export type ComputePlan = AutoPlan | GroupsPlan;

/** The add-ons that a cluster without Auto Mode cannot do without, and as whom two of them work. */
function addons(scope: RoleScope, versions: Readonly<Record<string, string>>): AddonPlan[] {
  const cluster = clusterArn(scope.place, eksName(scope.estate, scope.cluster));
  const identity = (purpose: "cni" | "disks", serviceAccount: string, policy: string): AddonPlan["identity"] => ({
    serviceAccount,
    role: podRole(scope, purpose, { cluster, namespace: "kube-system", serviceAccount }, { managed: [policy] }),
  });
  const addon = (name: string, beforeNodes: boolean, own?: AddonPlan["identity"]): AddonPlan => ({
    name,
    beforeNodes,
    ...(versions[name] === undefined ? {} : { version: versions[name] }),
    ...(own === undefined ? {} : { identity: own }),
  });
  return [
    addon("eks-pod-identity-agent", true),
    addon("kube-proxy", true),
    addon("vpc-cni", true, identity("cni", "aws-node", "AmazonEKS_CNI_Policy")),
    addon(
      "aws-ebs-csi-driver",
      false,
      identity("disks", "ebs-csi-controller-sa", "service-role/AmazonEBSCSIDriverPolicy"),
    ),
    addon("coredns", false),
  ];
}

/** Plans where pods run. */
export function planCompute(scope: RoleScope, { compute }: EksCluster): ComputePlan {
  if (compute.kind === "auto") return { kind: "auto", nodePools: [...compute.nodePools].sort() };
  return {
    kind: "groups",
    groups: Object.entries(compute.groups)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { instanceTypes, min, max, spot, arm, diskGi }]) => ({
        name,
        instanceTypes,
        amiType: arm ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD",
        capacityType: spot ? "SPOT" : "ON_DEMAND",
        min,
        max,
        diskGi,
      })),
    addons: addons(scope, compute.addons),
  };
}
