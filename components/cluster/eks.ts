import type { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation";
import type { Cluster } from "@pulumi/aws/eks/cluster";
import * as pulumi from "@pulumi/pulumi";
import { eksKubeconfig } from "../../model/aws/kubeconfig";
import { policyText } from "../../model/aws/policy";
import type { EksPlan } from "../../plan/aws/cluster";
import { makeRole, type RoleWithRights } from "../aws/role";
import { aws } from "../aws/sdk";
import type { ClusterConnection, Ground, TokenKeys } from "./contract";
import { eksProvider } from "./eks-connection";
import { networkOf, type Network } from "./network";
import { makeNodeGroups } from "./node-groups";

/** What a cluster is made of. */
export interface EksClusterArgs {
  readonly plan: EksPlan;
  readonly protect: boolean;
  /** Take objects over that are there already: only in the step from one delivery to the other. */
  readonly adopt: boolean;
}

/**
 * A cluster on EKS with all that it stands on. It is new by construction, so nothing live is read to know it: its ARN, which
 * is made of names, is its identity.
 */
export class EksCluster extends pulumi.ComponentResource implements ClusterConnection {
  readonly provider: pulumi.ProviderResource;
  readonly server: pulumi.Output<string>;
  readonly authority: pulumi.Output<string>;
  readonly kubeconfig: pulumi.Output<string>;
  readonly ground: Ground;
  private readonly issuer: pulumi.Output<string>;
  private readonly child: pulumi.CustomResourceOptions;

  constructor(
    readonly name: string,
    private readonly args: EksClusterArgs,
    opts: pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource },
  ) {
    super("estate:index:EksCluster", name, {}, opts);
    const { plan, adopt } = args;
    this.child = { parent: this, provider: opts.provider };
    const network = networkOf(
      `${name}-network`,
      plan.network,
      { title: plan.eksName, region: plan.region },
      { parent: this, provider: opts.provider },
    );
    const nodes = makeRole(`${name}-nodes`, plan.nodeRole, this.child);
    const cluster = this.makeCluster(network, nodes);
    const deployer = makeRole(`${name}-deployer`, plan.deployer, this.child);
    const letIn = this.letIn("deployer", deployer.role.arn, cluster);
    plan.admins.forEach((role) => this.letIn(role.split(":").slice(4).join(":"), role, cluster));
    this.letEngineIn(cluster);
    this.nameWorkloads(cluster);
    this.knowPeople(cluster);
    const capacity =
      plan.compute.kind === "auto"
        ? []
        : makeNodeGroups(
            name,
            { plan: plan.compute, cluster, title: plan.eksName, nodes, subnets: network.nodes },
            this.child,
          );
    this.server = cluster.endpoint;
    this.authority = cluster.certificateAuthority.apply(({ data }) => Buffer.from(data, "base64").toString("utf8"));
    this.kubeconfig = pulumi
      // Nobody is let in before the association is there, so it is an input of what logs in.
      .all([cluster.endpoint, cluster.certificateAuthority, letIn.principalArn, letIn.id])
      .apply(([endpoint, { data }, role]) =>
        eksKubeconfig({ region: plan.region, name: plan.eksName, endpoint, authority: data, role }),
      );
    this.provider = eksProvider({ name, plan, kubeconfig: this.kubeconfig, adopt }, capacity);
    this.issuer = cluster.identities.apply((identities) => {
      const found = identities[0]?.oidcs[0]?.issuer;
      if (found === undefined) throw new Error(`EKS told no issuer of cluster ${plan.eksName}`);
      return found;
    });
    this.ground = {
      provider: opts.provider,
      vpc: network.vpc,
      subnets: network.nodes,
      pods: cluster.vpcConfig.clusterSecurityGroupId,
      issuer: this.issuer,
    };
    this.registerOutputs({});
  }

  tokenKeys(): TokenKeys {
    return { jwksUrl: pulumi.interpolate`${this.issuer}/keys`, issuer: this.issuer };
  }

  private makeCluster(network: Network, nodes: RoleWithRights): Cluster {
    const { plan, protect } = this.args;
    const auto = plan.compute.kind === "auto";
    const role = makeRole(`${this.name}-role`, plan.clusterRole, this.child);
    const key = new aws.kms.Key(
      `${this.name}-secrets`,
      {
        description: `Secrets of the Kubernetes cluster ${plan.eksName}`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: policyText(plan.key.policy),
      },
      // Without the key no Secret can be read again.
      { ...this.child, protect },
    );
    new aws.kms.Alias(`${this.name}-secrets-alias`, { name: plan.key.alias, targetKeyId: key.keyId }, this.child);
    // EKS would make one itself, which keeps everything for ever and outlives the cluster.
    const logs = new aws.cloudwatch.LogGroup(
      `${this.name}-logs`,
      { name: plan.logs.group, retentionInDays: plan.logs.days },
      this.child,
    );
    return new aws.eks.Cluster(
      `${this.name}-cluster`,
      {
        name: plan.eksName,
        version: plan.version,
        roleArn: role.role.arn,
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
        bootstrapSelfManagedAddons: false,
        // Auto Mode is three switches in three blocks, and EKS takes all or none. Written out, because they must be known.
        computeConfig:
          plan.compute.kind === "auto"
            ? { enabled: true, nodePools: [...plan.compute.nodePools], nodeRoleArn: nodes.role.arn }
            : { enabled: false },
        kubernetesNetworkConfig: {
          elasticLoadBalancing: { enabled: auto },
          ipFamily: "ipv4",
          serviceIpv4Cidr: plan.services,
        },
        storageConfig: { blockStorage: { enabled: auto } },
        encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
        enabledClusterLogTypes: [...plan.logs.kinds],
        vpcConfig: {
          subnetIds: network.controlPlane,
          endpointPrivateAccess: true,
          endpointPublicAccess: plan.endpoint.public,
          ...(plan.endpoint.public ? { publicAccessCidrs: [...plan.endpoint.allow] } : {}),
        },
        // A version out of standard support is upgraded; else it would cost six times as much.
        upgradePolicy: { supportType: "STANDARD" },
        zonalShiftConfig: { enabled: plan.zonalShift },
        deletionProtection: plan.deletionProtection,
        tags: plan.tags,
      },
      {
        ...this.child,
        protect,
        // Said once, when the cluster is made: EKS never tells them again, and a difference would replace the cluster.
        ignoreChanges: ["bootstrapSelfManagedAddons", "accessConfig.bootstrapClusterCreatorAdminPermissions"],
        customTimeouts: { create: "40m", update: "90m", delete: "40m" },
        // None of these has a value that the cluster could take; all must be there before it, and until it is gone.
        dependsOn: [logs, ...role.rights, ...(auto ? nodes.rights : []), ...network.ways],
      },
    );
  }

  /** Lets a role in as the cluster's administrator. */
  private letIn(who: string, role: pulumi.Input<string>, cluster: Cluster): AccessPolicyAssociation {
    const entry = new aws.eks.AccessEntry(
      `${this.name}-access-${who}`,
      { clusterName: cluster.name, principalArn: role, type: "STANDARD" },
      { ...this.child, deleteBeforeReplace: true },
    );
    return new aws.eks.AccessPolicyAssociation(
      `${this.name}-admin-${who}`,
      {
        clusterName: cluster.name,
        // The entry's own, so that it is there first.
        principalArn: entry.principalArn,
        policyArn: this.args.plan.adminPolicy,
        accessScope: { type: "cluster" },
      },
      { ...this.child, deleteBeforeReplace: true },
    );
  }

  /** Lets a GitOps engine on the control plane in, by a group to which bindings in homes give rights. */
  private letEngineIn(cluster: Cluster): void {
    const { engine } = this.args.plan;
    if (engine === undefined) return;
    const { role } = makeRole(`${this.name}-gitops`, engine.role, this.child);
    new aws.eks.AccessEntry(
      `${this.name}-access-gitops`,
      {
        clusterName: cluster.name,
        principalArn: role.arn,
        type: "STANDARD",
        kubernetesGroups: [...engine.groups],
      },
      { ...this.child, deleteBeforeReplace: true },
    );
  }

  private nameWorkloads(cluster: Cluster): void {
    for (const { purpose, namespace, serviceAccount, role } of this.args.plan.identities) {
      const made = makeRole(`${this.name}-${purpose}`, role, this.child);
      new aws.eks.PodIdentityAssociation(
        `${this.name}-identity-${purpose}`,
        { clusterName: cluster.name, namespace, serviceAccount, roleArn: made.role.arn },
        { ...this.child, deleteBeforeReplace: true },
      );
    }
  }

  private knowPeople(cluster: Cluster): void {
    const { people } = this.args.plan;
    if (people === undefined) return;
    const { groupsPrefix, ...oidc } = people;
    new aws.eks.IdentityProviderConfig(
      `${this.name}-people`,
      {
        clusterName: cluster.name,
        oidc: {
          identityProviderConfigName: "people",
          ...oidc,
          ...(groupsPrefix === "" ? {} : { groupsPrefix }),
        },
      },
      // EKS takes one, so the old one goes first.
      { ...this.child, deleteBeforeReplace: true, customTimeouts: { create: "60m", delete: "60m" } },
    );
  }
}
