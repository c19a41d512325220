import type * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as ec2 from "@pulumi/aws/ec2";
import type * as ecr from "@pulumi/aws/ecr";
import type * as eks from "@pulumi/aws/eks";
import type * as elasticache from "@pulumi/aws/elasticache";
import type * as iam from "@pulumi/aws/iam";
import type * as kms from "@pulumi/aws/kms";
import type * as provider from "@pulumi/aws/provider";
import type * as rds from "@pulumi/aws/rds";
import type * as s3 from "@pulumi/aws/s3";
import type * as vpc from "@pulumi/aws/vpc";
import { createRequire } from "node:module";

// The one place that loads the AWS SDK, and only when it is asked for something: a stack without a cluster on AWS never
// does. Modules are named one by one: the package's own index loads all of them (145 ms), those of a cluster 15 ms. `import()`
// would be asynchronous, and constructors are not.
const load = createRequire(__filename);

/** The parts of @pulumi/aws that Estate uses, each loaded at its first use. */
export const aws = {
  get provider() {
    return load("@pulumi/aws/provider") as typeof provider;
  },
  get cloudwatch() {
    return load("@pulumi/aws/cloudwatch") as typeof cloudwatch;
  },
  get ec2() {
    return load("@pulumi/aws/ec2") as typeof ec2;
  },
  get ecr() {
    return load("@pulumi/aws/ecr") as typeof ecr;
  },
  get eks() {
    return load("@pulumi/aws/eks") as typeof eks;
  },
  get elasticache() {
    return load("@pulumi/aws/elasticache") as typeof elasticache;
  },
  get iam() {
    return load("@pulumi/aws/iam") as typeof iam;
  },
  get kms() {
    return load("@pulumi/aws/kms") as typeof kms;
  },
  get rds() {
    return load("@pulumi/aws/rds") as typeof rds;
  },
  get s3() {
    return load("@pulumi/aws/s3") as typeof s3;
  },
  get vpc() {
    return load("@pulumi/aws/vpc") as typeof vpc;
  },
};
