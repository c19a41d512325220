import { z } from "zod";
import type { GitOpsFacts, VirtualAccess } from "../../model/gitops";
import type { EstateFacts } from "../../model/home";
import type { EnginePlace } from "../engine";
import { usernamePrefix as prefixSchema } from "../login";

const https = z.string().regex(/^https:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~/-]*)?$/, {
  error: "write an address that begins with https://, without a query",
});

const usernamePrefix = prefixSchema("Argo CD", "argocd:");

/** A home's address: its name stands in it, or all homes would be at one. */
const virtualAddress = z.string().regex(/^https:\/\/(?=[^/]*\$\{home\})([A-Za-z0-9.-]|\$\{home\})+(:\d{1,5})?$/, {
  error: "write an address that begins with https:// and has ${home} in its host, as https://${home}.dev.example.com",
});

const certificate = z.string().startsWith("-----BEGIN CERTIFICATE-----");

const virtualClusters = z
  .strictObject({
    addresses: z
      .record(z.string(), virtualAddress)
      .default({})
      .describe(
        "By cluster, where Argo CD reaches virtual clusters on it; https://${home}.<cluster>.<domain> when absent",
      ),
    caPem: certificate
      .optional()
      .describe("The authority that signed the certificates there, where that is a private one"),
    gateway: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, { error: "not a namespace's name" })
      .default("gateway")
      .describe("Namespace on workload clusters of the gateway that leads to virtual clusters"),
    issuer: https
      .optional()
      .describe(
        "Who signs the control plane's ServiceAccount tokens; its tokenIssuer.issuer when absent, else https://<control plane>.<domain>",
      ),
    issuerCaPem: certificate
      .optional()
      .describe("The authority that signed its certificate, where that is a private one"),
    issuerOnInternet: z
      .boolean()
      .optional()
      .describe("Whether virtual clusters read its keys over the internet; true on EKS when absent"),
  })
  .prefault({})
  .describe("How Argo CD gets into virtual clusters");

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
  virtualClusters,
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
        caPem: certificate
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

/** How Argo CD gets into virtual clusters: by a gateway of their cluster, with tokens of the control plane. */
export function virtualAccess(settings: GitOpsFacts["settings"], { domain, plane }: EnginePlace): VirtualAccess {
  const { gateway, issuer, issuerOnInternet } = settingsSchema.parse(settings).virtualClusters;
  // On EKS AWS chooses its name, so there it must be said.
  const url = issuer ?? plane.issuer ?? (plane.onEks ? undefined : `https://${plane.name}.${domain}`);
  return {
    from: gateway,
    ...(url === undefined ? {} : { issuer: { url, onInternet: issuerOnInternet ?? plane.onEks } }),
  };
}
