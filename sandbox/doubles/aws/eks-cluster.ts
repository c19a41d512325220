import { createHash } from "node:crypto";
import { list, submap, textOr, texts } from "../framework/bridge/fields";
import type { CheckFailure } from "../framework/plugin";
import { isMap, UNKNOWN, type Bare, type BareMap, type JsonMap } from "../framework/value";
import type { Account, Entry } from "./account";
import { apiServerOf } from "./api-servers";
import { tokens } from "./ec2";
import { role } from "./iam";
import { key } from "./keys-and-logs";
import { AwsError, type Behaviour } from "./simulate";

export const cluster = "aws:eks/cluster:Cluster";

/** The minors that EKS makes clusters of. */
const minors = ["1.33", "1.34", "1.35", "1.36"];

/** Zones in which EKS places no control plane. */
const refusedZones = ["use1-az3", "usw1-az2", "cac1-az3"];

const hex = (text: string, length: number): string => createHash("sha256").update(text).digest("hex").slice(0, length);

/** A value deep in plan-time inputs. */
function at(inputs: BareMap, ...path: readonly string[]): Bare | undefined {
  return path.reduce<Bare | undefined>(
    (value, step) => (isMap(value) ? value[step] : value === UNKNOWN ? UNKNOWN : undefined),
    inputs,
  );
}

/** Auto Mode's three switches, as the provider looks at them while it plans: an unknown one is a mismatch, too. */
function validateSwitches(inputs: BareMap): CheckFailure[] {
  const switches = [
    at(inputs, "computeConfig", "enabled"),
    at(inputs, "kubernetesNetworkConfig", "elasticLoadBalancing", "enabled"),
    at(inputs, "storageConfig", "blockStorage", "enabled"),
  ];
  const said = switches.map((value) => value ?? false);
  if (said.every((value) => value !== UNKNOWN && value === said[0])) return [];
  return [
    {
      property: "computeConfig",
      reason:
        "compute_config.enabled, kubernetes_network_config.elastic_load_balancing.enabled, and storage_config.block_storage.enabled must all be set to either true or false",
    },
  ];
}

const isAuto = (inputs: JsonMap): boolean => submap(inputs, "computeConfig")["enabled"] === true;

function refuseSubnets(inputs: JsonMap, account: Account, old: Entry | undefined): void {
  const ids = texts(submap(inputs, "vpcConfig"), "subnetIds");
  const subnets = ids.flatMap((id) => account.find(tokens.subnet, id) ?? []);
  const of = (property: string): string[] => [...new Set(subnets.map(({ state }) => textOr(state, property, "")))];
  const invalid = (message: string): AwsError => new AwsError("InvalidParameterException", message);
  if (of("vpcId").length > 1) throw invalid("Subnets provided must belong to one VPC");
  const zones = of("availabilityZoneId");
  if (zones.length < 2) throw invalid("Subnets specified must be in at least two different AZs");
  const refused = zones.find((zone) => refusedZones.includes(zone));
  if (refused !== undefined)
    throw new AwsError(
      "UnsupportedAvailabilityZoneException",
      `Cannot create cluster because ${refused} does not currently have sufficient capacity`,
    );
  const before = texts(submap(old?.state ?? {}, "vpcConfig"), "subnetIds").flatMap(
    (id) => account.find(tokens.subnet, id) ?? [],
  );
  const zonesBefore = new Set(before.map(({ state }) => textOr(state, "availabilityZoneId", "")));
  if (zonesBefore.size > 0 && zones.some((zone) => !zonesBefore.has(zone)))
    throw invalid("Provided subnets belong to zones other than those of the cluster");
}

function refuseVersion(inputs: JsonMap, old: Entry | undefined): void {
  const wanted = textOr(inputs, "version", minors.at(-1) ?? "");
  const position = minors.indexOf(wanted);
  if (position < 0) throw new AwsError("InvalidParameterException", `unsupported Kubernetes version ${wanted}`);
  const before = minors.indexOf(textOr(old?.state ?? {}, "version", wanted));
  if (position < before || position > before + 1)
    throw new AwsError(
      "InvalidParameterException",
      `Unsupported Kubernetes minor version update from ${minors[before] ?? ""} to ${wanted}`,
    );
}

function refuseEndpoint(inputs: JsonMap): void {
  const config = submap(inputs, "vpcConfig");
  if (config["endpointPrivateAccess"] !== true && config["endpointPublicAccess"] === false)
    throw new AwsError("InvalidParameterException", "Private and public endpoint access cannot be false");
}

function refuseMode(inputs: JsonMap): void {
  if (!isAuto(inputs)) return;
  if (inputs["bootstrapSelfManagedAddons"] !== false)
    throw new AwsError(
      "InvalidParameterException",
      "When Auto Mode is enabled, bootstrapSelfManagedAddons must be set to false",
    );
  if (submap(inputs, "accessConfig")["authenticationMode"] === "CONFIG_MAP")
    throw new AwsError(
      "InvalidParameterException",
      "When Auto Mode is enabled, authenticationMode must be API or API_AND_CONFIG_MAP",
    );
  const compute = submap(inputs, "computeConfig");
  if (list(compute, "nodePools").length > 0 && compute["nodeRoleArn"] === undefined)
    throw new AwsError("InvalidParameterException", "nodeRoleArn is required when nodePools are given");
}

/** A cluster: what runs is one of the sandbox's API servers, which is there already and stays. */
export const eksCluster: Behaviour = {
  service: "EKS",
  what: "Cluster",
  replaces: [
    "name", "roleArn", "bootstrapSelfManagedAddons", "accessConfig.bootstrapClusterCreatorAdminPermissions",
    "kubernetesNetworkConfig.serviceIpv4Cidr", "kubernetesNetworkConfig.ipFamily", "outpostConfig", "remoteNetworkConfig",
  ], // prettier-ignore
  autoname: true,
  references: [
    { at: "roleArn", to: role, by: "arn" },
    { at: "computeConfig.nodeRoleArn", to: role, by: "arn" },
    { at: "vpcConfig.subnetIds", to: tokens.subnet },
    { at: "vpcConfig.securityGroupIds", to: tokens.securityGroup },
    { at: "encryptionConfig.provider.keyArn", to: key, by: "arn" },
  ],
  // EKS forgets these with the cluster; groups of nodes must go first.
  takesAlong: [
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:eks/addon:Addon",
    "aws:eks/identityProviderConfig:IdentityProviderConfig",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  ],
  validate: validateSwitches,
  id: (inputs) => textOr(inputs, "name", ""),
  refuse: (inputs, account, old) => {
    const name = textOr(inputs, "name", "");
    if (!/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name))
      throw new AwsError("InvalidParameterException", `The given cluster name '${name}' is not valid`);
    if (old === undefined && account.find(cluster, name) !== undefined)
      throw new AwsError("ResourceInUseException", `Cluster already exists with name: ${name}`);
    refuseVersion(inputs, old);
    refuseEndpoint(inputs);
    refuseSubnets(inputs, account, old);
    if (old === undefined) refuseMode(inputs);
    const server = apiServerOf(account.sandbox, inputs);
    const other = account
      .all(cluster)
      .find((each) => each.id !== name && apiServerOf(account.sandbox, each.state).name === server.name);
    if (other !== undefined)
      throw new AwsError(
        "ResourceLimitExceeded",
        `the API server ${server.name} stands in for cluster ${other.id} already`,
      );
  },
  keep: ({ id, state }) => {
    if (state["deletionProtection"] === true)
      throw new AwsError("InvalidRequestException", `Cluster ${id} has deletion protection enabled`);
  },
  outputs: (inputs, { id, account, old }) => {
    const server = apiServerOf(account.sandbox, inputs);
    const config = submap(inputs, "vpcConfig");
    const first = account.find(tokens.subnet, texts(config, "subnetIds")[0] ?? "");
    const network = submap(inputs, "kubernetesNetworkConfig");
    return {
      arn: account.arn("eks", `cluster/${id}`),
      endpoint: server.server,
      certificateAuthority: { data: server.authority },
      identities: [{ oidcs: [{ issuer: server.issuer }] }],
      status: "ACTIVE",
      platformVersion: "eks.1",
      createdAt: old?.["createdAt"] ?? new Date().toISOString(),
      version: textOr(inputs, "version", minors.at(-1) ?? ""),
      deletionProtection: inputs["deletionProtection"] === true,
      upgradePolicy: { supportType: "EXTENDED", ...submap(inputs, "upgradePolicy") },
      vpcConfig: {
        ...config,
        vpcId: textOr(first?.state ?? {}, "vpcId", ""),
        clusterSecurityGroupId: `sg-${hex(id, 17)}`,
        controlPlaneEgressMode: "AWS_MANAGED",
        ...(config["publicAccessCidrs"] === undefined ? { publicAccessCidrs: ["0.0.0.0/0"] } : {}),
      },
      kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16", ipFamily: "ipv4", ...network },
    };
  },
};
