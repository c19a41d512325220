import { z } from "zod";
import { roleArnPattern } from "../model/aws/arns";
import { eksMinors } from "../model/aws/versions";
import { complaint, httpsUrl, matching } from "./forms";
import { block, eksNetwork } from "./network";

/** The ARN of a role, as IAM writes it. */
export const roleArn = matching(
  roleArnPattern,
  "not the ARN of a role",
  complaint("A006", "write for example arn:aws:iam::111122223333:role/platform-admins"),
);

const controlPlaneLogs = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

const groupName = matching(
  /^[a-z][a-z0-9-]{0,29}$/,
  "not the name of a group of nodes",
  complaint("N002", "use 1 to 30 of a-z, 0-9 and hyphens, a letter first"),
);

const compute = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("auto").describe("EKS Auto Mode: AWS brings nodes as pods need them"),
      nodePools: z
        .array(z.enum(["general-purpose", "system"]))
        .min(1)
        .default(["general-purpose", "system"])
        .describe("The built-in pools that are switched on"),
    }),
    z.strictObject({
      kind: z.literal("groups").describe("Managed node groups: instances of fixed types"),
      groups: z
        .record(
          groupName,
          z.strictObject({
            instanceTypes: z.array(z.string().min(1)).min(1).describe("Types of its instances"),
            min: z.int().min(0).max(450).default(2).describe("Nodes that there are at least"),
            max: z.int().min(1).max(450).describe("Nodes that there are at most"),
            spot: z.boolean().default(false).describe("Spare capacity of AWS, which may take a node back at any time"),
            arm: z.boolean().default(false).describe("The instance types are Graviton's"),
            diskGi: z.int().min(20).max(16_384).default(80).describe("GiB of each node's disk"),
          }),
        )
        .describe("The groups, by name")
        .refine((groups) => Object.keys(groups).length > 0, {
          error: "no group of nodes",
          ...complaint("A007", "name at least one: { general: { instanceTypes: [m7i.large], max: 6 } }"),
        }),
      /** Add-ons' versions belong to the minor: left out, AWS takes its default for it. */
      addons: z
        .record(z.string().min(1), z.string().min(1))
        .default({})
        .describe(
          "Versions of the add-ons that nodes need, by name; AWS' default for the cluster's version when absent",
        ),
    }),
  ])
  .prefault({ kind: "auto" })
  .describe("Where pods run");

const people = z
  .strictObject({
    issuer: httpsUrl.describe("The provider of identities; it must be on the internet before the cluster is made"),
    clientId: z.string().min(1).describe("How the cluster is called there as a client"),
    usernameClaim: z.string().min(1).default("email").describe("The claim that says who somebody is"),
    usernamePrefix: z.string().default("oidc:").describe("What the API server puts before it"),
    groupsClaim: z.string().min(1).default("groups").describe("The claim that says in which groups somebody is"),
  })
  .optional()
  .describe("Who people are. EKS takes one such provider, and every change replaces it, which takes up to 40 minutes");

const workload = {
  namespace: z.string().min(1).optional().describe("Its namespace; the chart's own when absent"),
  serviceAccount: z.string().min(1).optional().describe("Its ServiceAccount; the chart's own when absent"),
};
const zones = z
  .array(
    matching(/^Z[A-Z0-9]{1,31}$/, "not the id of a hosted zone", complaint("A005", "write for example Z0123456789ABC")),
  )
  .min(1)
  .describe("Ids of hosted zones in Route 53");
/** The ARN of a key, as KMS writes it. */
export const keyArn = matching(
  /^arn:aws(-cn|-us-gov)?:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-f-]+$/,
  "not the ARN of a key",
  complaint("A006", "write for example arn:aws:kms:eu-central-1:111122223333:key/..."),
).describe("ARN of the key in KMS");

/** The workloads that get rights in AWS, each by an identity of its own. */
const identities = z
  .strictObject({
    dns: z
      .strictObject({ ...workload, zones })
      .optional()
      .describe("external-dns: the records of these hosted zones"),
    certificates: z
      .strictObject({ ...workload, zones })
      .optional()
      .describe("cert-manager: DNS01 challenges in these hosted zones"),
    secrets: z
      .strictObject({ ...workload, key: keyArn })
      .optional()
      .describe("External Secrets on Secrets Manager: the folder <estate>/<cluster>, encrypted by this key"),
    unseal: z
      .strictObject({ ...workload, key: keyArn })
      .optional()
      .describe("Vault: its seal, by this key"),
    backup: z
      .strictObject({ ...workload, bucket: z.string().min(3).describe("The bucket's name") })
      .optional()
      .describe("Velero: the cluster's folder of this bucket"),
    logs: z.strictObject(workload).optional().describe("Fluent Bit: the cluster's log groups"),
  })
  .prefault({})
  .describe(
    "Rights in AWS for workloads, by EKS Pod Identity; namespace and ServiceAccount are the charts' own when absent",
  );

/** What is said of a cluster that Estate makes on EKS, besides what is said of any. */
export const eksFields = {
  kind: z.literal("eks").describe("A cluster that Estate makes on AWS (EKS)"),
  version: z.enum(eksMinors).describe("Kubernetes' minor, in quotes; it goes up one at a time, and never down"),
  network: eksNetwork.describe("Its network"),
  compute,
  endpoint: z
    .strictObject({
      public: z.boolean().default(false).describe("The API server is reached from the internet, too"),
      allow: z.array(block).default([]).describe("Who may then: blocks of addresses"),
    })
    .prefault({})
    .describe("From where the API server is reached, besides from inside its network"),
  logs: z
    .strictObject({
      kinds: z
        .array(z.enum(controlPlaneLogs))
        .default(["api", "audit", "authenticator"])
        .describe("What is logged; nothing where the list is empty"),
      days: z.literal([7, 14, 30, 60, 90, 180, 365, 400, 731]).default(90).describe("Days that it is kept"),
    })
    .prefault({})
    .describe("What the control plane logs to CloudWatch, and for how many days it is kept"),
  admins: z.array(roleArn).default([]).describe("Roles of people who are the cluster's administrators in an emergency"),
  oidc: people,
  identities,
  deletionProtection: z
    .boolean()
    .optional()
    .describe(
      "AWS refuses to delete the cluster; as estate:protect when absent. To delete, switch it off in a run before",
    ),
} as const;

/** Where in AWS the estate is, and who may write to its clusters. */
export const aws = z
  .strictObject({
    region: matching(
      /^[a-z]{2}(-[a-z]+)+-\d$/,
      "not a region of AWS",
      complaint("A008", "write for example eu-central-1"),
    ).describe("The region that all of it is in"),
    account: matching(
      /^\d{12}$/,
      "not the number of an account",
      complaint("A009", 'write its twelve digits in quotes: "111122223333"'),
    ).describe("The account's number in quotes: a run in another account stops before its first write"),
    deployers: z
      .array(roleArn)
      .min(1)
      .describe("The roles that run Pulumi: only they may act as the deployer of a cluster"),
  })
  .optional()
  .describe("The account on AWS; needed where a cluster has the kind eks");
