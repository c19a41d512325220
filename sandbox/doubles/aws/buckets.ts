import { textOr } from "../framework/bridge/fields";
import { isList, isMap, type Json } from "../framework/value";
import type { Account } from "./account";
import { refuseTaken } from "./databases";
import { refuseBucketPolicy } from "./iam";
import { AwsError, type Behaviour } from "./simulate";

/** A bucket of S3. */
export const bucket = "aws:s3/bucket:Bucket";
const closed = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const policy = "aws:s3/bucketPolicy:BucketPolicy";
const encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const versions = "aws:s3/bucketVersioning:BucketVersioning";
const rules = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";

/** What is said of a bucket on its own: it is the bucket's, and goes with it. */
function side(what: string, more: Partial<Behaviour> = {}): Behaviour {
  return {
    service: "S3",
    what,
    replaces: ["bucket"],
    references: [{ at: "bucket", to: bucket }],
    notFound: "NoSuchBucket",
    id: (inputs) => textOr(inputs, "bucket", ""),
    outputs: () => ({}),
    ...more,
  };
}

/** Whether a policy lets everybody in. */
function isPublic(text: string): boolean {
  const document = JSON.parse(text) as Json;
  const statements = isMap(document) ? document["Statement"] : undefined;
  return (isList(statements) ? statements : []).some(
    (statement) =>
      isMap(statement) && statement["Effect"] === "Allow" && JSON.stringify(statement["Principal"]).includes('"*"'),
  );
}

function refuseClosed(name: string, text: string, account: Account): void {
  if (account.find(closed, name)?.state["blockPublicPolicy"] === true && isPublic(text))
    throw new AwsError("AccessDenied", "public policies are prevented by the BlockPublicPolicy setting");
}

/** Buckets, without anything in them. */
export const buckets: Readonly<Record<string, Behaviour>> = {
  [bucket]: {
    service: "S3",
    what: "Bucket",
    replaces: ["bucket", "bucketPrefix", "objectLockEnabled"],
    takesAlong: [closed, policy, encryption, versions, rules],
    id: (inputs) => textOr(inputs, "bucket", ""),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "bucket", "");
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
        throw new AwsError("InvalidBucketName", `The specified bucket is not valid: ${name}`);
      refuseTaken(bucket, name, account, old !== undefined, "BucketAlreadyOwnedByYou");
    },
    outputs: (_inputs, { id, account }) => ({
      arn: `arn:${account.partition}:s3:::${id}`,
      bucketDomainName: `${id}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${id}.s3.${account.region}.amazonaws.com`,
      bucketRegion: account.region,
      hostedZoneId: "Z21DNDUVLTQW6Q",
    }),
  },
  [closed]: side("Bucket Public Access Block"),
  [policy]: side("Bucket Policy", {
    refuse: (inputs, account) => {
      const text = textOr(inputs, "policy", "");
      refuseBucketPolicy(text);
      refuseClosed(textOr(inputs, "bucket", ""), text, account);
    },
  }),
  [encryption]: side("Bucket Server-side Encryption Configuration"),
  [versions]: side("Bucket Versioning"),
  [rules]: side("Bucket Lifecycle Configuration"),
};
