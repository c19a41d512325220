import { z } from "zod";
import type { EstateFacts } from "../../model/home";
import { usernamePrefix as prefixSchema } from "../login";

const https = z.string().regex(/^https:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~/-]*)?$/, {
  error: "write an address that begins with https://, without a query",
});

const usernamePrefix = prefixSchema("Argo CD", "argocd:");

/** Schema of `estate:gitops` for Argo CD. */
export const settingsSchema = z.strictObject({
  kind: z.literal("argocd").describe("Argo CD on the control plane, for all clusters"),
  clientId: z
    .string()
    .min(1)
    .default("argocd")
    .describe("How Argo CD is called at the identity provider: a public client, with PKCE and without a secret"),
  servers: z
    .record(z.string(), https)
    .default({})
    .describe("By cluster, the address under which Argo CD reaches it, where that is not the kubeconfig's"),
  login: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z
          .literal("issuer")
          .describe("Clusters trust the control plane's issuer of ServiceAccount tokens (--authentication-config)"),
        usernamePrefix,
      }),
      z.strictObject({
        kind: z.literal("exchange").describe("A service gives a token of the cluster for one of the control plane"),
        url: https.describe("It is asked by GET with ?targetName=<cluster>, and answers with the token alone"),
        caPem: z
          .string()
          .startsWith("-----BEGIN CERTIFICATE-----")
          .optional()
          .describe("The authority that signed its certificate, where that is a private one"),
        image: z
          .string()
          .regex(/^[^\s@]+:[^\s:/@]+$/, { error: "write an image with its tag" })
          .describe("Argo CD with curl in it, which its own image lacks: registry.example.com/argocd:v3.6.1-curl"),
        usernamePrefix,
      }),
    ])
    .prefault({ kind: "issuer" })
    .describe("How Argo CD logs in to clusters, without a token that is stored anywhere"),
});

/** The settings, checked before. */
export type ArgoCdSettings = z.infer<typeof settingsSchema>;

/** The settings of an estate with Argo CD. */
export const settingsOf = ({ gitops }: Pick<EstateFacts, "gitops">): ArgoCdSettings =>
  settingsSchema.parse(gitops.settings);
