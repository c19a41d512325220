import { z } from "zod";
import { gitOpsSchema } from "../engines";
import type { TenantFeature } from "../features/feature";
import { clusterNamePattern, environmentNamePattern, estateNamePattern } from "../model/names";
import { addonsSchema } from "./addons";
import { clusterValuesSchema } from "./cluster-values";
import { cluster } from "./clusters";
import { aws } from "./eks";
import { complaint, date, guardrailMode, httpsUrl, matching } from "./forms";
import { entranceSchema, gitlabInstall, identitySchema, vaultInstall } from "./installation";
import { mirrorSchema } from "./mirror";
import { environment, selection } from "./placement";
import { quantityPattern } from "../model/quantity";
import { productsSchema } from "./products";
import { quantityMistake } from "./quantity";
import { registrySchema } from "./registry";
import { rolloutSchema } from "./rollout";
import { sandboxesSchema } from "./sandboxes";
import { suggestion } from "./suggestion";

export { complaint, date, matching } from "./forms";

/** A Kubernetes quantity as text. Bare numbers are text, too, once written in quotes. */
export const quantity = z
  .string()
  .check(({ value, issues }) => {
    const wrong = quantityMistake(value);
    if (wrong !== undefined)
      issues.push({ code: "custom", input: value, message: wrong.cause, ...complaint(wrong.code, wrong.remedy) });
  })
  .meta({ pattern: quantityPattern.source })
  .describe("A Kubernetes quantity: 500m, 8, 512Mi, 16Gi");

/** Resources that a quota may count, besides `count/<resource>.<group>`. */
export const quotaResources = [
  "requests.cpu", "requests.memory", "requests.ephemeral-storage", "requests.storage",
  "limits.cpu", "limits.memory", "limits.ephemeral-storage",
  "pods", "persistentvolumeclaims", "services", "services.loadbalancers", "services.nodeports",
  "secrets", "configmaps", "replicationcontrollers",
] as const; // prettier-ignore

const countResource = /^count\/[a-z]+\.[a-z0-9.-]+$/;

/** Plurals of the core group, which `count/` takes without a group. */
const coreCounts =
  /^count\/(pods|services|secrets|configmaps|persistentvolumeclaims|serviceaccounts|replicationcontrollers)$/;

const quotaResource = z
  .string()
  // Editors complete the names that are known.
  .meta({ anyOf: [{ enum: [...quotaResources] }, { pattern: coreCounts.source }, { pattern: countResource.source }] })
  .check(({ value, issues }) => {
    const known = (quotaResources as readonly string[]).includes(value) || coreCounts.test(value);
    if (known || countResource.test(value)) return;
    const remedy = /^count\/(deployments|statefulsets|daemonsets|replicasets)$/.test(value)
      ? `did you mean "${value}.apps"?`
      : suggestion(value, [...quotaResources, "count/<resource>.<group>"]);
    issues.push({ code: "custom", input: value, message: `unknown resource "${value}"`, ...complaint("Q006", remedy) });
  });

const containerResources = z.partialRecord(z.enum(["cpu", "memory", "ephemeral-storage"]), quantity);

/** A profile's own keys; features add theirs. */
function profileSchema(features: readonly TenantFeature[]) {
  const shape: Record<string, z.ZodType> = {};
  for (const feature of features)
    if (feature.profile !== undefined) shape[feature.key] = feature.profile.describe(feature.summary);
  return z.strictObject({
    quota: z.record(quotaResource, quantity).describe("Hard limits of a namespace: a ResourceQuota"),
    limits: z
      .strictObject({
        defaultRequest: containerResources
          .prefault({ cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" })
          .describe("What a container requests when it says nothing"),
        default: containerResources
          .prefault({ cpu: "500m", memory: "512Mi", "ephemeral-storage": "1Gi" })
          .describe("A container's limits when it says nothing"),
        max: containerResources
          .prefault({ cpu: "4", memory: "8Gi" })
          .describe("The most that a container's limits may be"),
      })
      .prefault({})
      .describe("What a container gets when it says nothing, and the most it may ask for: a LimitRange"),
    registryGi: z.int().min(1).max(10_000).default(20).describe("Size of the tenant's registry project in GiB"),
    ...shape,
  });
}

/** Schema of the `estate:` keys of a stack file, with the profile keys that `features` bring. */
export function settingsSchema(features: readonly TenantFeature[]) {
  return z.strictObject({
    name: matching(
      estateNamePattern,
      "not an estate's name",
      complaint("N002", "use 1 to 16 of a-z and 0-9, a letter first, no hyphen"),
    ).describe("The estate's name: begins every name that it makes in a shared system"),
    domain: matching(
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
      "not a DNS domain",
      complaint("T016", "write for example platform.example.com, in lower case"),
    ).describe("The DNS domain below which the hosts of clusters and tenants are"),
    scope: z
      .enum(["everything", "platform", "tenants"])
      .default("everything")
      .describe("What this stack holds: all, the platform, or tenants of the platform that another stack holds"),
    platform: z
      .string()
      .min(1)
      .optional()
      .describe("With the scope tenants, the stack with the platform: its settings hold here, too"),
    protect: z.boolean().default(false).describe("Protect what holds data from deletion"),
    clusters: z
      .record(
        matching(
          clusterNamePattern,
          "a cluster's name is a DNS label",
          complaint("N002", "use a-z, 0-9 and single hyphens inside, a letter first"),
        ),
        cluster,
      )
      .describe("The clusters, by name: brought along (existing) or made (eks)"),
    aws,
    environments: z
      .record(
        matching(
          environmentNamePattern,
          "not an environment's name",
          complaint("N002", "use 1 to 10 of a-z and 0-9, a letter first, no hyphen"),
        ),
        environment,
      )
      .describe("The stages that tenants run in, by name, and the clusters of each"),
    profiles: z
      .record(
        matching(
          clusterNamePattern,
          "a profile's name is a DNS label",
          complaint("N002", "use a-z, 0-9 and single hyphens inside, a letter first"),
        ),
        profileSchema(features),
      )
      .describe("Named numbers that tenants share: quota, limits, network rules"),
    delivery: z
      .enum(["direct", "git", "handover"])
      .default("direct")
      .describe(
        "How Kubernetes objects reach a cluster: `direct` (Pulumi writes them, all in the preview), `git` (one commit for each tenant, " +
          "applied by the GitOps engine), or `handover`, the step from one to the other",
      ),
    gitops: gitOpsSchema.prefault({ kind: "flux" }).describe("What applies what is in Git"),
    gitlab: z
      .strictObject({
        install: gitlabInstall,
        url: httpsUrl.optional().describe("GITLAB_BASE_URL when absent"),
        parentId: z
          .int()
          .min(1)
          .optional()
          .describe(
            "The number of the parent group, where it is there already; else Estate makes the groups of the path",
          ),
        edition: z.enum(["ce", "ee"]).default("ce").describe("What the server is licensed for: ce is the free edition"),
        ldapProvider: matching(
          /^[A-Za-z0-9_-]+$/,
          "not the name of an LDAP server",
          complaint("T016", "write GitLab's own name of it: ldapmain is the one that `main` configures"),
        )
          .default("ldapmain")
          .describe("GitLab's name of the LDAP server that knows the groups, where estate:access.membership is `ldap`"),
        parent: matching(
          /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/,
          "not a group path",
          complaint("T016", "write for example platform/tenants, without a slash at either end"),
        ).describe("Path of the group that the tenants' groups are in"),
      })
      .describe("Where repositories are"),
    registry: registrySchema,
    credentials: z
      .strictObject({
        issued: date.describe("The day from which credentials count; a later day renews them all at once"),
        days: z.int().min(1).max(365).default(365).describe("Days that a credential for repositories lasts"),
        robotDays: z.int().min(1).max(90).default(90).describe("Days that a credential for images lasts"),
        rotateDays: z
          .int()
          .min(1)
          .max(365)
          .optional()
          .describe("Days until a rotation is due; half of the shorter life when absent"),
        rotate: z
          .strictObject({
            all: z.array(date).default([]).describe("Days on which all were rotated: add today, and keep the last two"),
            tenants: z.record(z.string(), z.array(date)).default({}).describe("The same of one tenant's, by its name"),
          })
          .prefault({})
          .describe("Rotation: each day makes new ones, and those of the day before it stay valid until the next"),
        revoked: date.optional().describe("Old ones that were made on this day or before it end at once"),
      })
      .describe("How long the credentials last that Estate makes"),
    products: productsSchema,
    vault: z
      .strictObject({
        install: vaultInstall,
        address: httpsUrl.optional().describe("The address under which clusters reach Vault; VAULT_ADDR when absent"),
        caPem: z
          .string()
          .startsWith("-----BEGIN CERTIFICATE-----")
          .optional()
          .describe("The authority that signed its certificate, where that is a private one"),
      })
      .prefault({})
      .describe("Where secrets are kept"),
    identity: identitySchema,
    entrance: entranceSchema,
    access: z
      .strictObject({
        clusterAdmins: z.string().min(1).describe("The group that may do everything on every cluster"),
        systemApprovers: z.string().min(1).describe("The group that sees everything on every cluster"),
        developers: z
          .string()
          .min(1)
          .describe("The group of everybody who builds something: sees which namespaces there are"),
        membership: z
          .enum(["listed", "saml", "ldap", "external"])
          .default("external")
          .describe(
            "How GitLab knows who is in a role: `listed` in the tenant's file; `saml` or `ldap`, from the role's group of the " +
              "identity provider or the directory (both licensed); or `external`, not by Estate",
          ),
      })
      .describe("The platform's own people, as the identity provider names their groups"),
    guardrails: guardrailMode
      .default("enforce")
      .describe(
        "What guardrails do with what a tenant may not do: `enforce` refuses it; `warn` lets it pass and tells of it, but for those " +
          "that always refuse. A cluster may differ",
      ),
    priorityClasses: z
      .array(
        matching(
          /^(?!system-)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
          "not a PriorityClass for tenants",
          complaint("T018", "write the name of a class that is not Kubernetes' own (system-)"),
        ),
      )
      .default([])
      .describe("PriorityClasses that tenants' pods may have; a cluster's default class is one, too"),
    mirror: mirrorSchema,
    addons: addonsSchema,
    clusterValues: clusterValuesSchema,
    rollout: rolloutSchema,
    sandboxes: sandboxesSchema,
    tenants: selection,
  });
}

/** The checked settings of a stack. */
export type Settings = z.infer<ReturnType<typeof settingsSchema>>;
/** A profile: named numbers that tenants share. Keys of features are checked by the features' own schemas. */
export type Profile = Settings["profiles"][string];
