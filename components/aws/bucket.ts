import type * as pulumi from "@pulumi/pulumi";
import { policyText } from "../../model/aws/policy";
import { nameTag } from "../../model/aws/tags";
import type { BucketPlan } from "../../plan/aws/data";
import { aws } from "./sdk";

/** For how long a bucket with versions keeps what was deleted in it. */
const keptDays = 30;

/**
 * Makes a bucket that nobody reaches from outside. Gives what must be there before anybody writes to it. It is encrypted by
 * S3's own keys: a key of Estate's would be one more thing to lose all of it by, and one more right of every reader.
 */
export function makeBucket(
  name: string,
  plan: BucketPlan,
  protect: boolean,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const bucket = new aws.s3.Bucket(
    name,
    // What is not protected may go with all that is in it.
    { bucket: plan.name, forceDestroy: !protect, tags: nameTag(plan.name) },
    { ...opts, protect, deleteBeforeReplace: true },
  );
  const of = { bucket: bucket.bucket };
  const closed = new aws.s3.BucketPublicAccessBlock(
    `${name}-closed`,
    { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    opts,
  );
  const policy = new aws.s3.BucketPolicy(
    `${name}-policy`,
    { ...of, policy: policyText(plan.policy) },
    // S3 refuses two changes of one bucket's access at a time.
    { ...opts, dependsOn: [closed] },
  );
  const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    { ...of, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    opts,
  );
  const versions = plan.versioned
    ? [new aws.s3.BucketVersioning(`${name}-versions`, { ...of, versioningConfiguration: { status: "Enabled" } }, opts)]
    : [];
  const rules = new aws.s3.BucketLifecycleConfiguration(
    `${name}-rules`,
    {
      ...of,
      rules: [
        // Parts of uploads that nobody ended are paid for, and shown nowhere.
        { id: "uploads", status: "Enabled", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 7 } },
        ...(plan.versioned
          ? [
              {
                id: "deleted",
                status: "Enabled",
                filter: {},
                noncurrentVersionExpiration: { noncurrentDays: keptDays },
                expiration: { expiredObjectDeleteMarker: true },
              },
            ]
          : []),
      ],
    },
    // A rule for old versions needs versions.
    { ...opts, dependsOn: versions },
  );
  return [bucket, policy, encryption, ...versions, rules];
}
