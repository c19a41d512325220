import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Complaint } from "@estate/sandbox";
import { partitionOf } from "../model/aws/regions";

export interface StateBucket {
  readonly bucket: string;
  readonly region: string;
  /** The account that it must be in: a bucket's name is the whole world's. */
  readonly account: string;
  /** The key that its objects are encrypted with: an alias. */
  readonly key: string;
}

/** Days that an old version of a state is kept, and that an upload may lie unfinished. */
const days = { versions: 90, uploads: 7 } as const;

/** Requests that come without TLS are refused, whoever makes them. */
export function bucketPolicy(bucket: string, region: string): string {
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}

async function make(client: S3Client, { bucket, region, account }: StateBucket): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }));
    return false;
  } catch (thrown) {
    const status = thrown instanceof S3ServiceException ? thrown.$metadata.httpStatusCode : undefined;
    if (status === 403 || status === 301)
      throw new Complaint(
        `bucket ${bucket} cannot be used`,
        "another account has it, or it is in another region, or this login may not look at it",
        "choose another name with --bucket",
      );
    if (status !== 404) throw thrown;
  }
  await client.send(
    new CreateBucketCommand({
      Bucket: bucket,
      ObjectOwnership: "BucketOwnerEnforced",
      // That region has no name of its own here.
      ...(region === "us-east-1"
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
    }),
  );
  return true;
}

/**
 * Makes the bucket of the states unless it is there, and sets what it must be in any case: versions kept, encrypted, closed to
 * the public, by TLS alone. Gives whether it made it.
 */
export async function ensureBucket(wanted: StateBucket): Promise<boolean> {
  const { bucket: Bucket, region, account, key } = wanted;
  // An address of somebody's own, as emulators have, knows no bucket by host name.
  const client = new S3Client({ region, forcePathStyle: process.env["AWS_ENDPOINT_URL_S3"] !== undefined });
  const own = { Bucket, ExpectedBucketOwner: account };
  try {
    const made = await make(client, wanted);
    await client.send(
      new PutPublicAccessBlockCommand({
        ...own,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
    await client.send(
      new PutBucketOwnershipControlsCommand({
        ...own,
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
      }),
    );
    await client.send(new PutBucketVersioningCommand({ ...own, VersioningConfiguration: { Status: "Enabled" } }));
    await client.send(
      new PutBucketEncryptionCommand({
        ...own,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: key },
              BucketKeyEnabled: true,
            },
          ],
        },
      }),
    );
    await client.send(new PutBucketPolicyCommand({ ...own, Policy: bucketPolicy(Bucket, region) }));
    await client.send(
      new PutBucketLifecycleConfigurationCommand({
        ...own,
        LifecycleConfiguration: {
          Rules: [
            {
              ID: "old-versions",
              Status: "Enabled",
              Filter: { Prefix: "" },
              NoncurrentVersionExpiration: { NoncurrentDays: days.versions },
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: days.uploads },
            },
          ],
        },
      }),
    );
    return made;
  } finally {
    client.destroy();
  }
}
