import { z } from "zod";
import { complaint, httpsUrl, matching } from "./forms";
import { objects, postgres, redis } from "./managed-data";

const text = z.string().min(1);

const annotations = z
  .record(z.string(), z.string())
  .default({})
  .describe("Annotations of its ServiceAccounts: the role of a cloud, e.g. eks.amazonaws.com/role-arn");

const storageClass = text.optional().describe("StorageClass of its volumes; the cluster's default when absent");

const bucketName = matching(
  /^[a-z0-9][a-z0-9.-]{1,48}[a-z0-9]$/,
  "not a bucket's name",
  complaint("T016", "use a-z, 0-9, dots and hyphens, at most 50"),
);

const endpoint = httpsUrl.optional().describe("S3's API where it is not AWS's own; its keys then come from variables");

const seal = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("awskms"), region: text, keyId: text.describe("Id, ARN or alias of the key") }),
    z.strictObject({ kind: z.literal("gcpckms"), project: text, region: text, keyRing: text, key: text }),
    z.strictObject({
      kind: z.literal("transit").describe("Another Vault; its token is in the Secret vault-seal, key token"),
      address: httpsUrl,
      mount: text.default("transit"),
      key: text,
    }),
  ])
  .describe("How Vault opens itself after a start");

/** Schema of `estate:vault.install`. */
export const vaultInstall = z
  .strictObject({
    replicas: z.literal([1, 3, 5]).default(3),
    sizeGi: z.int().min(1).default(10).describe("GiB of each pod's volume"),
    storageClass,
    seal,
    recovery: z
      .strictObject({
        shares: z.int().min(1).max(20).default(5),
        threshold: z.int().min(1).max(20).default(3),
        pgpKeys: z
          .array(text)
          .optional()
          .describe("One public key for each share, in base64: then nobody who reads the Secret can use them"),
      })
      .prefault({})
      .describe("Keys for the day on which all logins are lost"),
    accountAnnotations: annotations,
  })
  .optional()
  .describe("Install it on the control plane instead of using one by its address");

/** Schema of `estate:gitlab.install`. */
export const gitlabInstall = z
  .strictObject({
    postgres: postgres("gitlab"),
    redis,
    objects: objects({
      region: text,
      bucketPrefix: bucketName.describe("Beginning of its buckets' names: <prefix>-artifacts and so on"),
      endpoint,
    }),
    accountAnnotations: annotations,
    storageClass,
    runner: z
      .strictObject({ concurrent: z.int().min(1).max(500).default(10).describe("Jobs that run at the same time") })
      .optional()
      .describe("A runner for all projects; without one, pipelines wait for somebody else's"),
    gitalyGi: z.int().min(1).default(50).describe("GiB for the repositories"),
  })
  .optional()
  .describe("Install it on the control plane instead of using one by its address");

/** Schema of `estate:registry.install`. */
export const harborInstall = z
  .strictObject({
    postgres: postgres("registry"),
    redis,
    objects: objects({ region: text, bucket: bucketName, endpoint }),
    accountAnnotations: annotations,
    storageClass,
  })
  .optional()
  .describe("Install it on the control plane instead of using one by its address");

/** Schema of `estate:entrance`. */
export const entranceSchema = z
  .strictObject({
    issuer: z
      .discriminatedUnion("kind", [
        z.strictObject({
          kind: z.literal("existing").describe("A ClusterIssuer of cert-manager that is there"),
          name: text,
          ownAuthority: z.boolean().default(false).describe("Whether machines do not trust it by themselves"),
        }),
        z.strictObject({
          kind: z.literal("acme").describe("By records in a zone of Route 53"),
          server: httpsUrl.default("https://acme-v02.api.letsencrypt.org/directory"),
          email: text,
          region: text,
        }),
        z.strictObject({ kind: z.literal("authority").describe("An authority of the estate's own, made here") }),
      ])
      .describe("Who signs the certificates of installed services"),
    annotations: z
      .record(z.string(), z.string())
      .default({})
      .describe("Annotations of the gateway's load balancer: on AWS it is an internal one without any"),
  })
  .optional()
  .describe("How the world reaches the services that are installed on the control plane");

const groupsPrefix = z
  .string()
  .default("")
  .describe("What the API servers put before a group's name of the identity provider (--oidc-groups-prefix)");

const clients = z
  .strictObject({ gitlab: text.default("gitlab"), registry: text.default("harbor") })
  .prefault({})
  .describe("How the services are called there as clients; their secrets come from variables");

/** Schema of `estate:identity`. */
export const identitySchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("external").optional().describe("Estate has nothing to do with it"),
      groupsPrefix,
    }),
    z.strictObject({
      kind: z.literal("oidc").describe("Any issuer of OpenID Connect"),
      groupsPrefix,
      issuer: httpsUrl,
      groupsClaim: text.default("groups"),
      clients,
    }),
    z.strictObject({
      kind: z.literal("cognito").describe("A user pool of AWS"),
      groupsPrefix,
      region: text,
      userPool: text.describe("Id of the pool: eu-central-1_AbCdEf"),
      clients,
    }),
    z.strictObject({
      kind: z.literal("openunison").describe("OpenUnison on the control plane, with kube-oidc-proxy on every cluster"),
      groupsPrefix,
      upstream: z
        .strictObject({ issuer: httpsUrl, clientId: text, groupsClaim: text.default("groups") })
        .describe("Where people log in; the client's secret comes from a variable"),
      approvers: text
        .optional()
        .describe("Group that approves requests of access; estate:access.systemApprovers when absent"),
    }),
  ])
  .prefault({})
  .describe("Who people are");
