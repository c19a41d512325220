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

const region = text.describe("The region that it is in");

const groupsClaim = text.default("groups").describe("The claim that says in which groups somebody is");

const seal = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("awskms"), region, keyId: text.describe("Id, ARN or alias of the key") }),
    z.strictObject({
      kind: z.literal("gcpckms"),
      project: text.describe("The project on Google Cloud"),
      region,
      keyRing: text.describe("The ring that the key is in"),
      key: text.describe("The key's name"),
    }),
    z.strictObject({
      kind: z.literal("transit").describe("Another Vault; its token is in the Secret vault-seal, key token"),
      address: httpsUrl.describe("Its address"),
      mount: text.default("transit").describe("Where its transit engine is mounted"),
      key: text.describe("The key's name"),
    }),
  ])
  .describe("How Vault opens itself after a start");

/** Schema of `estate:vault.install`. */
export const vaultInstall = z
  .strictObject({
    replicas: z.literal([1, 3, 5]).default(3).describe("Pods, of which more than half must be there"),
    sizeGi: z.int().min(1).default(10).describe("GiB of each pod's volume"),
    storageClass,
    seal,
    recovery: z
      .strictObject({
        shares: z.int().min(1).max(20).default(5).describe("Parts that the key is cut into"),
        threshold: z.int().min(1).max(20).default(3).describe("Parts of which it is put together"),
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
    postgres: postgres("gitlab").describe("Its database: one that is there, or `managed`"),
    redis: redis.describe("Its cache: one that is there, or `managed`"),
    objects: objects({
      region,
      bucketPrefix: bucketName.describe("Beginning of its buckets' names: <prefix>-artifacts and so on"),
      endpoint,
    }).describe("Its buckets: some that are there, or `managed`"),
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
    postgres: postgres("registry").describe("Its database: one that is there, or `managed`"),
    redis: redis.describe("Its cache: one that is there, or `managed`"),
    objects: objects({ region, bucket: bucketName.describe("The bucket's name"), endpoint }).describe(
      "Its bucket: one that is there, or `managed`",
    ),
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
          name: text.describe("Its name"),
          ownAuthority: z.boolean().default(false).describe("Whether machines do not trust it by themselves"),
        }),
        z.strictObject({
          kind: z.literal("acme").describe("By records in a zone of Route 53"),
          server: httpsUrl
            .default("https://acme-v02.api.letsencrypt.org/directory")
            .describe("The authority's directory; Let's Encrypt when absent"),
          email: text.describe("Who hears of certificates that end"),
          region: text.describe("The region of the zone's API"),
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
  .strictObject({
    gitlab: text.default("gitlab").describe("GitLab's id there"),
    registry: text.default("harbor").describe("The registry's id there"),
  })
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
      issuer: httpsUrl.describe("Its address, as tokens name it"),
      groupsClaim,
      clients,
    }),
    z.strictObject({
      kind: z.literal("cognito").describe("A user pool of AWS"),
      groupsPrefix,
      region,
      userPool: text.describe("Id of the pool: eu-central-1_AbCdEf"),
      clients,
    }),
    z.strictObject({
      kind: z.literal("openunison").describe("OpenUnison on the control plane, with kube-oidc-proxy on every cluster"),
      groupsPrefix,
      upstream: z
        .strictObject({
          issuer: httpsUrl.describe("Its address, as tokens name it"),
          clientId: text.describe("How OpenUnison is called there as a client"),
          groupsClaim,
        })
        .describe("Where people log in; the client's secret comes from a variable"),
      approvers: text
        .optional()
        .describe("Group that approves requests of access; estate:access.systemApprovers when absent"),
    }),
  ])
  .prefault({})
  .describe("Who people are");
