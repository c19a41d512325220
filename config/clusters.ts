import { z } from "zod";
import { databasesSchema } from "./databases";
import { eksFields } from "./eks";
import { guardrailMode, httpsUrl } from "./forms";

/** What is said of a cluster of any kind. */
const common = {
  role: z
    .enum(["control-plane", "workload"])
    .describe("The control plane holds the management tools, workload clusters the tenants"),
  guardrails: guardrailMode.optional().describe("What its guardrails do; `estate:guardrails` when absent"),
  ring: z.int().min(0).max(9).default(0).describe("Order in which changes reach clusters: 0 first"),
} as const;

/** One cluster of the estate: what is said of any, and what its kind adds. */
export const cluster = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("existing").describe("A cluster that you bring along, reached by a kubeconfig context"),
      ...common,
      context: z.string().min(1).optional().describe("Context in the kubeconfig; the cluster's own name when absent"),
      uid: z
        .uuid()
        .optional()
        .describe(
          "UID of the namespace kube-system: another cluster behind the same context stops the run before its first write",
        ),
      tokenIssuer: z
        .strictObject({
          jwksUrl: httpsUrl
            .optional()
            .describe(
              "Where Vault fetches the public keys of the cluster's ServiceAccount tokens; the API server itself when absent",
            ),
          issuer: z
            .string()
            .min(1)
            .optional()
            .describe("The `iss` that tokens must carry (kube-apiserver --service-account-issuer)"),
        })
        .prefault({})
        .describe("Who signs the cluster's ServiceAccount tokens"),
      databases: databasesSchema,
    }),
    z.strictObject({ ...eksFields, ...common }),
  ])
  .describe("One cluster of the estate");

/** A cluster of the settings. */
export type Cluster = z.infer<typeof cluster>;
/** A cluster that was brought along. */
export type ExistingCluster = Extract<Cluster, { kind: "existing" }>;
/** A cluster that Estate makes on EKS. */
export type EksCluster = Extract<Cluster, { kind: "eks" }>;

/** The clusters of one kind, by name. */
export function clustersOfKind<Kind extends Cluster["kind"]>(
  clusters: Readonly<Record<string, Cluster>>,
  kind: Kind,
): [name: string, cluster: Extract<Cluster, { kind: Kind }>][] {
  const isOfKind = (each: Cluster): each is Extract<Cluster, { kind: Kind }> => each.kind === kind;
  return Object.entries(clusters).flatMap(([name, each]) => (isOfKind(each) ? [[name, each]] : []));
}
