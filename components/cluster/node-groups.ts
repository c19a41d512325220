import type { Cluster } from "@pulumi/aws/eks/cluster";
import type * as pulumi from "@pulumi/pulumi";
import { nameTag } from "../../model/aws/tags";
import type { AddonPlan, GroupsPlan, NodeGroupPlan } from "../../plan/aws/compute";
import { makeRole, type RoleWithRights } from "../aws/role";
import { aws } from "../aws/sdk";

export interface NodeGroupsArgs {
  readonly plan: GroupsPlan;
  readonly cluster: Cluster;
  /** The cluster's name in EKS. */
  readonly title: string;
  readonly nodes: RoleWithRights;
  readonly subnets: pulumi.Input<string>[];
}

/**
 * Nodes, and the add-ons that Auto Mode would bring: those that make nodes ready first, then nodes, then those that run on
 * them. Gives what must be there before anything can run.
 */
export function makeNodeGroups(
  name: string,
  args: NodeGroupsArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const { plan } = args;
  const addons = (beforeNodes: boolean, after: readonly pulumi.Resource[]): pulumi.Resource[] =>
    plan.addons
      .filter((addon) => addon.beforeNodes === beforeNodes)
      .map((addon) => makeAddon(name, addon, args, after, opts));
  const early = addons(true, []);
  const groups = plan.groups.map((group) => makeGroup(name, group, args, [...early, ...args.nodes.rights], opts));
  return [...groups, ...addons(false, groups)];
}

function makeAddon(
  name: string,
  { name: own, version, identity }: AddonPlan,
  { cluster }: NodeGroupsArgs,
  after: readonly pulumi.Resource[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const role = identity === undefined ? undefined : makeRole(`${name}-${own}`, identity.role, opts);
  return new aws.eks.Addon(
    `${name}-addon-${own}`,
    {
      clusterName: cluster.name,
      addonName: own,
      ...(version === undefined ? {} : { addonVersion: version }),
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
      ...(identity === undefined || role === undefined
        ? {}
        : { podIdentityAssociations: [{ serviceAccount: identity.serviceAccount, roleArn: role.role.arn }] }),
    },
    { ...opts, dependsOn: [...after, ...(role?.rights ?? [])] },
  );
}

function makeGroup(
  name: string,
  { name: own, instanceTypes, amiType, capacityType, min, max, diskGi }: NodeGroupPlan,
  { cluster, title, nodes, subnets }: NodeGroupsArgs,
  after: readonly pulumi.Resource[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const tags = nameTag(`${title}-${own}`);
  const template = new aws.ec2.LaunchTemplate(
    `${name}-template-${own}`,
    {
      name: `${title}-${own}`,
      // One hop: an ordinary pod cannot ask for the node's own rights.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { volumeSize: diskGi, volumeType: "gp3", encrypted: "true" } },
      ],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
      updateDefaultVersion: true,
    },
    opts,
  );
  return new aws.eks.NodeGroup(
    `${name}-group-${own}`,
    {
      clusterName: cluster.name,
      nodeGroupName: own,
      nodeRoleArn: nodes.role.arn,
      subnetIds: subnets,
      instanceTypes: [...instanceTypes],
      amiType,
      capacityType,
      scalingConfig: { minSize: min, maxSize: max, desiredSize: Math.max(min, 1) },
      // The number itself: "$Latest" would differ at every run.
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      updateConfig: { maxUnavailablePercentage: 33 },
      nodeRepairConfig: { enabled: true },
    },
    {
      ...opts,
      dependsOn: [...after],
      // Whoever scales writes it.
      ignoreChanges: ["scalingConfig.desiredSize"],
      customTimeouts: { create: "40m", update: "90m", delete: "40m" },
    },
  );
}
