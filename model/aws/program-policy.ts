import { globalArn, providerArn, regionalArn, roleArn, type AwsPlace } from "./arns";
import { document, type Condition, type PolicyDocument, type Statement } from "./policy";

const allow = (Sid: string, Action: readonly string[], Resource: readonly string[], where?: Condition): Statement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
  ...(where === undefined ? {} : { Condition: where }),
});

/** Looks at things; EC2, and lists of KMS and CloudWatch, take no resource for that. */
export const looks = [
  "ec2:DescribeAddresses", "ec2:DescribeAddressesAttribute", "ec2:DescribeFlowLogs", "ec2:DescribeInternetGateways",
  "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates", "ec2:DescribeNatGateways",
  "ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces", "ec2:DescribePrefixLists", "ec2:DescribeRouteTables",
  "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
  "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs", "kms:ListAliases",
  "logs:DescribeLogGroups",
] as const; // prettier-ignore

/** What of EC2 a network is made of. */
const networkParts = [
  "elastic-ip", "instance", "internet-gateway", "launch-template", "natgateway", "network-interface", "route-table",
  "security-group", "security-group-rule", "subnet", "volume", "vpc", "vpc-endpoint", "vpc-flow-log",
] as const; // prettier-ignore

function network(place: AwsPlace): Statement[] {
  const parts = networkParts.map((part) => regionalArn(place, "ec2", `${part}/*`));
  // Images belong to AWS.
  const images = regionalArn({ ...place, account: "" }, "ec2", "image/*");
  return [
    allow("Look", looks, ["*"]),
    allow(
      "Network",
      [
        "ec2:AllocateAddress", "ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateFlowLogs", "ec2:CreateInternetGateway", "ec2:CreateNatGateway", "ec2:CreateRoute", "ec2:CreateRouteTable",
        "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags", "ec2:CreateVpc", "ec2:CreateVpcEndpoint",
        "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway", "ec2:DeleteNatGateway", "ec2:DeleteNetworkInterface",
        "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteTags",
        "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway", "ec2:DetachNetworkInterface",
        "ec2:DisassociateAddress", "ec2:DisassociateRouteTable", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute",
        "ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceRoute", "ec2:ReplaceRouteTableAssociation",
        "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
      ], // prettier-ignore
      parts,
    ),
    // EKS makes nodes by whoever made the group; it asks whether that role may.
    allow(
      "NodeTemplates",
      [
        "ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", "ec2:DeleteLaunchTemplate",
        "ec2:ModifyLaunchTemplate", "ec2:RunInstances",
      ], // prettier-ignore
      [...parts, images],
    ),
  ];
}

function roles(place: AwsPlace, estate: string): Statement[] {
  const own = [roleArn(place, `${estate}-*`)];
  return [
    allow(
      "Roles",
      [
        "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
        "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
      ], // prettier-ignore
      own,
    ),
    allow("GiveRoles", ["iam:PassRole"], own, {
      StringEquals: {
        "iam:PassedToService": [
          "eks.amazonaws.com",
          "ec2.amazonaws.com",
          "pods.eks.amazonaws.com",
          "vpc-flow-logs.amazonaws.com",
        ],
      },
    }),
    allow("ServiceRoles", ["iam:CreateServiceLinkedRole"], [roleArn(place, "aws-service-role/*")], {
      StringEquals: { "iam:AWSServiceName": ["eks.amazonaws.com", "eks-nodegroup.amazonaws.com"] },
    }),
    allow("LogIn", ["sts:AssumeRole", "sts:TagSession"], own),
  ];
}

function clusters(place: AwsPlace, estate: string): Statement {
  const of = (kind: string): string => regionalArn(place, "eks", `${kind}/${estate}-*`);
  return allow(
    "Clusters",
    [
      "eks:AssociateAccessPolicy", "eks:AssociateEncryptionConfig", "eks:AssociateIdentityProviderConfig",
      "eks:CreateAccessEntry", "eks:CreateAddon", "eks:CreateCluster", "eks:CreateNodegroup",
      "eks:CreatePodIdentityAssociation", "eks:DeleteAccessEntry", "eks:DeleteAddon", "eks:DeleteCluster",
      "eks:DeleteNodegroup", "eks:DeletePodIdentityAssociation", "eks:DescribeAccessEntry", "eks:DescribeAddon",
      "eks:DescribeCluster", "eks:DescribeIdentityProviderConfig", "eks:DescribeNodegroup",
      "eks:DescribePodIdentityAssociation", "eks:DescribeUpdate", "eks:DisassociateAccessPolicy",
      "eks:DisassociateIdentityProviderConfig", "eks:ListAssociatedAccessPolicies", "eks:ListPodIdentityAssociations",
      "eks:ListTagsForResource", "eks:TagResource", "eks:UntagResource", "eks:UpdateAccessEntry", "eks:UpdateAddon",
      "eks:UpdateClusterConfig", "eks:UpdateClusterVersion", "eks:UpdateNodegroupConfig", "eks:UpdateNodegroupVersion",
      "eks:UpdatePodIdentityAssociation",
    ], // prettier-ignore
    ["access-entry", "addon", "cluster", "identityproviderconfig", "nodegroup", "podidentityassociation"].map(of),
  );
}

function keysAndLogs(place: AwsPlace, estate: string): Statement[] {
  const keys = regionalArn(place, "kms", "key/*");
  const made = { StringEquals: { "aws:RequestTag/estate:name": estate } };
  const marked = { StringEquals: { "aws:ResourceTag/estate:name": estate } };
  return [
    // A key has no name, so it is known by the tag that it is made with.
    allow("MakeKeys", ["kms:CreateKey"], ["*"], made),
    allow("MarkKeys", ["kms:TagResource"], [keys], made),
    allow(
      "Keys",
      [
        "kms:CreateAlias", "kms:CreateGrant", "kms:DeleteAlias", "kms:DescribeKey", "kms:EnableKeyRotation",
        "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags", "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion", "kms:UpdateAlias", "kms:UpdateKeyDescription",
      ], // prettier-ignore
      [keys],
      marked,
    ),
    allow(
      "Aliases",
      ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
      [regionalArn(place, "kms", `alias/${estate}-*`)],
    ),
    allow(
      "Logs",
      [
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:ListTagsForResource",
        "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
      ], // prettier-ignore
      [`/aws/eks/${estate}-*`, `/estate/${estate}-*`].map((group) => regionalArn(place, "logs", `log-group:${group}`)),
    ),
  ];
}

/**
 * The policies that the program's role has, and what each is for. `data` is needed where installed services have managed data,
 * `images` where images are in ECR: by stacks of tenants, too.
 */
export const programParts = ["network", "clusters", "data", "images"] as const;

/** One of them. */
export type ProgramPart = (typeof programParts)[number];

/** Databases, caches and buckets of installed services, and the provider by which their pods act as roles. */
function data(place: AwsPlace, estate: string): Statement[] {
  const rds = (kind: string): string => regionalArn(place, "rds", `${kind}:${estate}-*`);
  const cache = (kind: string): string => regionalArn(place, "elasticache", `${kind}:${estate}-*`);
  const buckets = globalArn(place, "s3", `${estate}-*`);
  return [
    allow(
      "Databases",
      [
        "rds:AddTagsToResource", "rds:CreateDBInstance", "rds:CreateDBParameterGroup", "rds:CreateDBSnapshot",
        "rds:CreateDBSubnetGroup", "rds:DeleteDBInstance", "rds:DeleteDBParameterGroup", "rds:DeleteDBSubnetGroup",
        "rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:DescribeDBSubnetGroups",
        "rds:ListTagsForResource", "rds:ModifyDBInstance", "rds:ModifyDBParameterGroup", "rds:ModifyDBSubnetGroup",
        "rds:RebootDBInstance", "rds:RemoveTagsFromResource", "rds:ResetDBParameterGroup",
      ], // prettier-ignore
      ["db", "pg", "snapshot", "subgrp"].map(rds),
    ),
    // The provider looks for a database by a number of AWS' own, which is asked of all of the region.
    allow("LookForDatabases", ["rds:DescribeDBInstances"], [regionalArn(place, "rds", "db:*")]),
    allow(
      "Caches",
      [
        "elasticache:AddTagsToResource", "elasticache:CreateCacheParameterGroup", "elasticache:CreateCacheSubnetGroup",
        "elasticache:CreateReplicationGroup", "elasticache:CreateSnapshot", "elasticache:DecreaseReplicaCount",
        "elasticache:DeleteCacheParameterGroup", "elasticache:DeleteCacheSubnetGroup", "elasticache:DeleteReplicationGroup",
        "elasticache:DescribeCacheClusters", "elasticache:DescribeCacheParameterGroups", "elasticache:DescribeCacheParameters",
        "elasticache:DescribeCacheSubnetGroups", "elasticache:DescribeReplicationGroups", "elasticache:IncreaseReplicaCount",
        "elasticache:ListTagsForResource", "elasticache:ModifyCacheParameterGroup", "elasticache:ModifyCacheSubnetGroup",
        "elasticache:ModifyReplicationGroup", "elasticache:RemoveTagsFromResource", "elasticache:ResetCacheParameterGroup",
      ], // prettier-ignore
      ["cluster", "parametergroup", "replicationgroup", "snapshot", "subnetgroup"].map(cache),
    ),
    allow(
      "Buckets",
      [
        "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:GetAccelerateConfiguration", "s3:GetBucketAcl",
        "s3:GetBucketCORS", "s3:GetBucketLocation", "s3:GetBucketLogging", "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging",
        "s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ListBucketVersions", "s3:ListTagsForResource",
        "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging", "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:TagResource", "s3:UntagResource",
      ], // prettier-ignore
      [buckets],
    ),
    // An estate that is not protected empties its buckets before they go.
    allow("EmptyBuckets", ["s3:DeleteObject", "s3:DeleteObjectVersion"], [`${buckets}/*`]),
    allow(
      "Tokens",
      [
        "iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider",
        "iam:GetOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider", "iam:TagOpenIDConnectProvider",
        "iam:UntagOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint",
      ], // prettier-ignore
      [providerArn(place, `oidc.eks.${place.region}.amazonaws.com/id/*`)],
    ),
    allow("ServiceRoles", ["iam:CreateServiceLinkedRole"], [roleArn(place, "aws-service-role/*")], {
      StringEquals: { "iam:AWSServiceName": ["rds.amazonaws.com", "elasticache.amazonaws.com"] },
    }),
  ];
}

/** Repositories of tenants, as whom their pipelines push, and the provider by which AWS takes the tokens of pipelines. */
function images(place: AwsPlace, estate: string): Statement[] {
  const keys = regionalArn(place, "kms", "key/*");
  return [
    allow(
      "Repositories",
      [
        "ecr:BatchDeleteImage", "ecr:CreateRepository", "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository",
        "ecr:DeleteRepositoryPolicy", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy",
        "ecr:ListTagsForResource", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability",
        "ecr:PutLifecyclePolicy", "ecr:SetRepositoryPolicy", "ecr:TagResource", "ecr:UntagResource",
      ], // prettier-ignore
      [regionalArn(place, "ecr", `repository/${estate}/*`)],
    ),
    // ECR uses a key by a grant that whoever makes the repository gives it.
    allow("Encrypt", ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"], [keys], {
      StringEquals: { "kms:ViaService": `ecr.${place.region}.amazonaws.com` },
    }),
    allow(
      "Pushers",
      [
        "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies", "iam:PutRolePolicy",
        "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
      ], // prettier-ignore
      [roleArn(place, `${estate}-ci.*`)],
    ),
    allow(
      "Pipelines",
      [
        "iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider",
        "iam:GetOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider", "iam:TagOpenIDConnectProvider",
        "iam:UntagOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint",
      ], // prettier-ignore
      // GitLab's address is the settings' own: a policy that is made before them knows none.
      [providerArn(place, "*")],
    ),
  ];
}

/**
 * What the role that runs Pulumi needs in AWS for the clusters of one estate, and for nothing else: by the estate's name where
 * a service has names, by its tag where not, by kind for parts of networks, whose ids AWS chooses. Written by reading what
 * the provider calls; no account has tried it, so the first run may name an action more.
 */
export function programPolicies(place: AwsPlace, estate: string): Readonly<Record<ProgramPart, PolicyDocument>> {
  // Several, because a policy has at most 6,144 characters.
  return {
    network: document(...network(place)),
    clusters: document(...roles(place, estate), clusters(place, estate), ...keysAndLogs(place, estate)),
    data: document(...data(place, estate)),
    images: document(...images(place, estate)),
  };
}

/** The bucket of Pulumi's state, and the key of its secrets: what `pulumi` itself needs. */
export function statePolicy(
  place: AwsPlace,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): PolicyDocument {
  return document(
    allow("Bucket", ["s3:ListBucket"], [globalArn(place, "s3", bucket)]),
    allow("State", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [globalArn(place, "s3", `${bucket}/*`)]),
    allow("Secrets", ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], [key]),
  );
}
