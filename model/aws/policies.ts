import { globalArn, regionalArn, type AwsPlace } from "./arns";
import { document, type Condition, type PolicyDocument, type Statement } from "./policy";

/**
 * Actions for which AWS knows no resource, so that their statements can name none. Each with why: a test refuses any other
 * `Resource: *`.
 */
export const actionsWithoutResource: Readonly<Record<string, string>> = {
  "ecr:GetAuthorizationToken": "logs in to the account's registry; what it opens the other statements say",
  "route53:ListHostedZones": "lists the account's zones; names and ids, no records",
  "ec2:DescribeVolumes": "EC2's Describe calls take no resource",
  "ec2:DescribeSnapshots": "EC2's Describe calls take no resource",
  "kms:CreateKey": "the key has no ARN yet; a tag is demanded instead",
};

const allow = (Sid: string, Action: readonly string[], Resource: readonly string[], where?: Condition): Statement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
  ...(where === undefined ? {} : { Condition: where }),
});

const zoneArns = (place: AwsPlace, zones: readonly string[]): string[] =>
  zones.map((zone) => globalArn(place, "route53", `hostedzone/${zone}`));

/** external-dns: the records of exactly these zones, and no others' names of zones than their list. */
export function dnsPolicy(place: AwsPlace, zones: readonly string[]): PolicyDocument {
  return document(
    allow(
      "Records",
      ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", "route53:ListTagsForResource"],
      zoneArns(place, zones),
    ),
    allow("Zones", ["route53:ListHostedZones"], ["*"]),
  );
}

/** cert-manager's DNS01 solver: the challenges of exactly these zones, and no other record. */
export function certificatePolicy(place: AwsPlace, zones: readonly string[]): PolicyDocument {
  return document(
    allow("Changes", ["route53:GetChange"], [globalArn(place, "route53", "change/*")]),
    allow("Challenges", ["route53:ChangeResourceRecordSets"], zoneArns(place, zones), {
      "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] },
      "ForAllValues:StringLike": { "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["_acme-challenge.*"] },
    }),
    allow("Records", ["route53:ListResourceRecordSets"], zoneArns(place, zones)),
  );
}

/** External Secrets on Secrets Manager: one cluster's folder, to be read. */
export function secretsPolicy(place: AwsPlace, estate: string, cluster: string, keyArn: string): PolicyDocument {
  return document(
    allow(
      "Read",
      ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"],
      [regionalArn(place, "secretsmanager", `secret:${estate}/${cluster}/*`)],
    ),
    allow("Decrypt", ["kms:Decrypt"], [keyArn], {
      StringEquals: { "kms:ViaService": `secretsmanager.${place.region}.amazonaws.com` },
    }),
  );
}

/** Vault's seal: one key. Who loses it loses Vault. */
export function unsealPolicy(keyArn: string): PolicyDocument {
  return document(allow("Seal", ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], [keyArn]));
}

/** Where backups go. */
export interface BackupPlace {
  readonly bucket: string;
  /** The cluster's own folder in it, without slashes at the ends. */
  readonly folder: string;
}

/** Velero with snapshots of volumes: one folder of one bucket, and what carries this cluster's tag. */
export function backupPolicy(place: AwsPlace, eks: string, { bucket, folder }: BackupPlace): PolicyDocument {
  const volumes = regionalArn(place, "ec2", "volume/*");
  // Snapshots belong to no account in their ARNs.
  const snapshots = regionalArn({ ...place, account: "" }, "ec2", "snapshot/*");
  const ofCluster = { StringEquals: { "aws:ResourceTag/eks:eks-cluster-name": eks } };
  const marked = { StringEquals: { "aws:RequestTag/velero.io/storage-location": "default" } };
  return document(
    allow(
      "Objects",
      ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
      [globalArn(place, "s3", `${bucket}/${folder}/*`)],
    ),
    allow("Bucket", ["s3:ListBucket"], [globalArn(place, "s3", bucket)], {
      StringLike: { "s3:prefix": [`${folder}/*`] },
    }),
    allow("Look", ["ec2:DescribeVolumes", "ec2:DescribeSnapshots"], ["*"]),
    allow("SnapshotOf", ["ec2:CreateSnapshot"], [volumes], ofCluster),
    allow("Snapshot", ["ec2:CreateSnapshot"], [snapshots], marked),
    allow("Restore", ["ec2:CreateVolume"], [volumes, snapshots]),
    allow("Tag", ["ec2:CreateTags"], [volumes, snapshots], {
      StringEquals: { "ec2:CreateAction": ["CreateSnapshot", "CreateVolume"] },
    }),
    allow("Expire", ["ec2:DeleteSnapshot"], [snapshots], {
      StringEquals: { "aws:ResourceTag/velero.io/storage-location": "default" },
    }),
  );
}

/** Fluent Bit: the streams of one cluster's log groups, which others make. */
export function logsPolicy(place: AwsPlace, eks: string): PolicyDocument {
  return document(
    allow(
      "Write",
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      [regionalArn(place, "logs", `log-group:/estate/${eks}/*:*`)],
    ),
  );
}

/** Who acts as these roles, and may do nothing else. Sessions of pods carry tags, which the role they act as must take over. */
export function assumePolicy(roles: readonly string[]): PolicyDocument {
  return document(allow("Assume", ["sts:AssumeRole", "sts:TagSession"], roles));
}

/** VPC flow logs: one log group. */
export function flowLogPolicy(place: AwsPlace, group: string): PolicyDocument {
  const arn = regionalArn(place, "logs", `log-group:${group}`);
  return document(
    allow("Write", ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], [arn, `${arn}:*`]),
  );
}

/** What a deployer of the GitOps engine needs to find a cluster's address. */
export function describeClusterPolicy(clusters: readonly string[]): PolicyDocument {
  return document(allow("Describe", ["eks:DescribeCluster"], clusters));
}

/**
 * Whose key it is: the account's administrators by IAM, and who uses it besides. EKS uses a cluster's key by grants that
 * whoever makes the cluster gives it, so such a key needs no users.
 */
export function keyPolicy(place: AwsPlace, root: string, users: readonly string[]): PolicyDocument {
  const own = regionalArn(place, "kms", "key/*");
  const administration = [
    "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:CreateGrant", "kms:DeleteAlias", "kms:DescribeKey",
    "kms:DisableKey", "kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus",
    "kms:ListGrants", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RetireGrant", "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
  ]; // prettier-ignore
  return document(
    { ...allow("Administration", administration, [own]), Principal: { AWS: root } },
    ...(users.length === 0
      ? []
      : [
          {
            ...allow("Use", ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], [own]),
            Principal: { AWS: users },
          },
        ]),
  );
}

/** A service's own buckets: what is in them, and nothing of how they are set up. */
export function objectsPolicy(place: AwsPlace, buckets: readonly string[]): PolicyDocument {
  const arns = buckets.map((bucket) => globalArn(place, "s3", bucket));
  return document(
    allow("Buckets", ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], arns),
    allow(
      "Objects",
      ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
      arns.map((arn) => `${arn}/*`),
    ),
  );
}

/** A bucket is spoken to by TLS alone, whoever does it and whatever it is. A refusal: the stars take, and give nothing. */
export function bucketPolicy(place: AwsPlace, bucket: string): PolicyDocument {
  const arn = globalArn(place, "s3", bucket);
  return document({
    Sid: "EncryptedOnTheWay",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: ["s3:*"],
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
}
