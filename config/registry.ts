import { z } from "zod";
import { imagePrefixPattern } from "../model/names";
import { keyArn, roleArn } from "./eks";
import { complaint, httpsUrl, matching } from "./forms";
import { harborInstall } from "./installation";

/** What is said of any registry. */
const common = {
  keep: z.int().min(1).max(1000).default(30).describe("Newest images that a repository keeps"),
  alsoFrom: z
    .array(
      matching(
        imagePrefixPattern,
        "not the beginning of an image's name",
        complaint("T018", "write host, folders and a slash at the end, in lower case: docker.io/library/"),
      ),
    )
    .default([])
    .describe("What tenants' images may begin with besides their own project: docker.io/library/"),
} as const;

const harbor = z.strictObject({
  kind: z.literal("harbor"),
  install: harborInstall,
  url: httpsUrl.optional().describe("HARBOR_URL when absent"),
  groupType: z.enum(["oidc", "ldap", "internal"]).default("oidc").describe("Where Harbor's groups come from"),
  ...common,
});

const ecr = z.strictObject({
  kind: z.literal("ecr").describe("Amazon ECR, in the account and the region of estate:aws"),
  untaggedDays: z.int().min(1).max(365).default(7).describe("Days that an image without a tag is kept"),
  key: keyArn.optional().describe("KMS key by which images are encrypted, for ever; ECR's own (AES-256) when absent"),
  issuer: httpsUrl
    .optional()
    .describe("GitLab's issuer of identity tokens as AWS reaches it; the URL of estate:gitlab when absent"),
  issuerKnown: z
    .boolean()
    .default(false)
    .describe("IAM knows that issuer already, by another stack: an account takes each once"),
  nodes: z
    .array(roleArn)
    .default([])
    .describe("Roles of the nodes of clusters that were brought along: they pull, too"),
  ...common,
});

/** What is said of where images are kept; a registry that AWS runs has no address of its own, and nothing installs it. */
export type RegistrySettings =
  z.infer<typeof harbor> | (z.infer<typeof ecr> & { readonly install?: undefined; readonly url?: undefined });

/** Schema of `estate:registry`. */
export const registrySchema: z.ZodType<RegistrySettings> = z
  .discriminatedUnion("kind", [harbor, ecr])
  .prefault({ kind: "harbor" })
  .describe("Where images are kept");
