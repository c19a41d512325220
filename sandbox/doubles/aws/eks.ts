import { createHash } from "node:crypto";
import { numberOr, submap, textOr, texts } from "../framework/bridge/fields";
import { cluster, eksCluster } from "./eks-cluster";
import { tokens } from "./ec2";
import { role } from "./iam";
import { AwsError, type Behaviour } from "./simulate";

export const accessEntry = "aws:eks/accessEntry:AccessEntry";
export const accessPolicy = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
const provider = "aws:eks/identityProviderConfig:IdentityProviderConfig";
const podIdentity = "aws:eks/podIdentityAssociation:PodIdentityAssociation";

const eks = { service: "EKS", notFound: "ResourceNotFoundException" } as const;
const inCluster = { at: "clusterName", to: cluster };
const now = (): string => new Date().toISOString();
const letters = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
const ofCluster = (inputs: Parameters<Behaviour["id"]>[0], property: string, separator = ":"): string =>
  `${textOr(inputs, "clusterName", "")}${separator}${textOr(inputs, property, "")}`;

/** Clusters, what runs them, and who is let in. */
export const clusters: Readonly<Record<string, Behaviour>> = {
  [cluster]: eksCluster,
  [accessEntry]: {
    ...eks,
    what: "Access Entry",
    replaces: ["clusterName", "principalArn", "type"],
    references: [inCluster],
    takesAlong: [accessPolicy],
    id: (inputs) => ofCluster(inputs, "principalArn"),
    refuse: (inputs) => {
      const type = textOr(inputs, "type", "STANDARD");
      const groups = texts(inputs, "kubernetesGroups");
      if (groups.some((group) => group.startsWith("system:")))
        throw new AwsError(
          "InvalidParameterException",
          "The kubernetes group name system:* is invalid, it cannot start with system:",
        );
      if (type !== "STANDARD" && (groups.length > 0 || inputs["userName"] !== undefined))
        throw new AwsError("InvalidParameterException", `groups and a user name are for type STANDARD, not ${type}`);
      if (/^(system|eks|aws|amazon|iam):/.test(textOr(inputs, "userName", "")))
        throw new AwsError("InvalidParameterException", "the user name begins with a word that is reserved");
    },
    outputs: (inputs, { id, account, old }) => ({
      accessEntryArn: account.arn("eks", `access-entry/${textOr(inputs, "clusterName", "")}/role/${letters(id, 36)}`),
      createdAt: old?.["createdAt"] ?? now(),
      modifiedAt: now(),
      userName: textOr(
        inputs,
        "userName",
        textOr(inputs, "principalArn", "").replace(":iam:", ":sts:").replace(":role/", ":assumed-role/"),
      ),
      kubernetesGroups: inputs["kubernetesGroups"] ?? [],
    }),
  },
  [accessPolicy]: {
    ...eks,
    what: "Access Policy Association",
    replaces: ["clusterName", "principalArn", "policyArn", "accessScope"],
    references: [inCluster],
    id: (inputs) => `${ofCluster(inputs, "principalArn", "#")}#${textOr(inputs, "policyArn", "")}`,
    refuse: (inputs, account) => {
      const principal = textOr(inputs, "principalArn", "");
      const entry = account.find(accessEntry, `${textOr(inputs, "clusterName", "")}:${principal}`);
      if (entry === undefined)
        throw new AwsError("ResourceNotFoundException", `The specified principalArn could not be found: ${principal}`);
      if (textOr(entry.state, "type", "STANDARD").startsWith("EC2_"))
        throw new AwsError("InvalidRequestException", "entries for nodes take no policy");
      if (!/:cluster-access-policy\/AmazonEKS\w+Policy$/.test(textOr(inputs, "policyArn", "")))
        throw new AwsError("InvalidParameterException", "The policyArn is not that of an access policy of EKS");
    },
    outputs: (_inputs, { old }) => ({ associatedAt: old?.["associatedAt"] ?? now(), modifiedAt: now() }),
  },
  [podIdentity]: {
    ...eks,
    what: "Pod Identity Association",
    replaces: ["clusterName", "namespace", "serviceAccount"],
    references: [inCluster, { at: "roleArn", to: role, by: "arn" }],
    id: (inputs) => `a-${letters(`${ofCluster(inputs, "namespace")}/${textOr(inputs, "serviceAccount", "")}`, 17)}`,
    refuse: (inputs, account, old) => {
      const same = ["clusterName", "namespace", "serviceAccount"];
      if (
        account
          .all(podIdentity)
          .some(({ id, state }) => id !== old?.id && same.every((each) => state[each] === inputs[each]))
      )
        throw new AwsError("ResourceInUseException", "Association already exists");
    },
    outputs: (inputs, { id, account }) => ({
      associationId: id,
      associationArn: account.arn("eks", `podidentityassociation/${textOr(inputs, "clusterName", "")}/${id}`),
      disableSessionTags: inputs["disableSessionTags"] === true,
    }),
  },
  [provider]: {
    ...eks,
    what: "Identity Provider Config",
    replaces: ["clusterName", "oidc"],
    references: [inCluster],
    id: (inputs) =>
      `${textOr(inputs, "clusterName", "")}:${textOr(submap(inputs, "oidc"), "identityProviderConfigName", "")}`,
    refuse: (inputs, account, old) => {
      const oidc = submap(inputs, "oidc");
      if (
        account.all(provider).some(({ id, state }) => id !== old?.id && state["clusterName"] === inputs["clusterName"])
      )
        throw new AwsError(
          "ResourceLimitExceededException",
          "You can associate at most 1 OIDC identity provider with a cluster",
        );
      if (!textOr(oidc, "issuerUrl", "").startsWith("https://"))
        throw new AwsError("InvalidParameterException", "the issuer's URL must begin with https://");
      if (["usernamePrefix", "groupsPrefix"].some((property) => textOr(oidc, property, "").includes("system:")))
        throw new AwsError("InvalidParameterException", "a prefix must not contain system:");
    },
    outputs: (_inputs, { id, account }) => ({
      arn: account.arn("eks", `identityproviderconfig/${id.replace(":", "/oidc/")}`),
      status: "ACTIVE",
    }),
  },
  "aws:eks/addon:Addon": {
    ...eks,
    what: "Add-On",
    replaces: ["clusterName", "addonName"],
    references: [inCluster],
    id: (inputs) => ofCluster(inputs, "addonName"),
    outputs: (inputs, { id, account, old }) => ({
      arn: account.arn("eks", `addon/${id.replace(":", "/")}`),
      addonVersion: textOr(inputs, "addonVersion", "v1.0.0-eksbuild.1"),
      configurationValues: textOr(inputs, "configurationValues", ""),
      createdAt: old?.["createdAt"] ?? now(),
      modifiedAt: now(),
    }),
  },
  "aws:eks/nodeGroup:NodeGroup": {
    ...eks,
    what: "Node Group",
    replaces: [
      "clusterName", "nodeGroupName", "nodeGroupNamePrefix", "nodeRoleArn", "subnetIds", "instanceTypes", "capacityType",
      "amiType", "diskSize", "remoteAccess", "launchTemplate.id", "launchTemplate.name",
    ], // prettier-ignore
    references: [
      inCluster,
      { at: "nodeRoleArn", to: role, by: "arn" },
      { at: "subnetIds", to: tokens.subnet },
      { at: "launchTemplate.id", to: tokens.template },
    ],
    id: (inputs) => ofCluster(inputs, "nodeGroupName"),
    refuse: (inputs) => {
      const { minSize, maxSize, desiredSize } = Object.fromEntries(
        ["minSize", "maxSize", "desiredSize"].map((each) => [each, numberOr(submap(inputs, "scalingConfig"), each, 0)]),
      );
      if ((minSize ?? 0) > (desiredSize ?? 0) || (desiredSize ?? 0) > (maxSize ?? 0))
        throw new AwsError("InvalidParameterException", "desired capacity must lie between minimum and maximum size");
      if (inputs["launchTemplate"] !== undefined && (inputs["diskSize"] ?? inputs["remoteAccess"]) !== undefined)
        throw new AwsError(
          "InvalidParameterException",
          "Disk size and remote access must be specified within the launch template",
        );
      if (/^\$/.test(textOr(submap(inputs, "launchTemplate"), "version", "1")))
        throw new AwsError("InvalidParameterException", "the launch template's version must be a number");
    },
    outputs: (inputs, { id, account }) => {
      const owner = account.find(cluster, textOr(inputs, "clusterName", ""));
      return {
        arn: account.arn("eks", `nodegroup/${id.replace(":", "/")}`),
        status: "ACTIVE",
        resources: [{ autoscalingGroups: [{ name: `eks-${letters(id, 36)}` }], remoteAccessSecurityGroupId: "" }],
        version: textOr(owner?.state ?? {}, "version", ""),
        releaseVersion: `${textOr(owner?.state ?? {}, "version", "")}.0-20261101`,
        amiType: textOr(inputs, "amiType", "AL2023_x86_64_STANDARD"),
        capacityType: textOr(inputs, "capacityType", "ON_DEMAND"),
      };
    },
  },
};
