import { z } from "zod";
import type { TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { label } from "../model/labels";
import { poolName } from "../model/names";
import { canonicalQuantity, isQuantity, quantityMilli } from "../model/quantity";
import { defineFeature } from "./feature";

const whole = (forms: string) =>
  z
    .string()
    .refine(isQuantity, {
      error: (issue) => `"${String(issue.input)}" is not a quantity`,
      params: { code: "Q001", remedy: `write for example ${forms}` },
      abort: true,
    })
    // Fewer than one would be a pool without a node; thousandths of a byte are nobody's wish.
    .refine((text) => (quantityMilli(text) ?? 0n) >= 1000n && (quantityMilli(text) ?? 0n) % 1000n === 0n, {
      error: (issue) => `"${String(issue.input)}" is no whole number`,
      params: { code: "Q002", remedy: `write for example ${forms}` },
    });

const spec = z
  .strictObject({
    cpu: whole('"64"').describe("CPUs of all its nodes together: what the pool may cost at most"),
    memory: whole("256Gi")
      .optional()
      .describe("Memory of all its nodes together; as much as comes with the CPUs when absent"),
    capacity: z
      .enum(["on-demand", "spot"])
      .default("on-demand")
      .describe("Spot nodes cost 60 to 70 % less, and AWS takes them back with two minutes' notice"),
    arch: z
      .array(z.enum(["amd64", "arm64"]))
      .min(1)
      .default(["amd64"])
      .describe("What the nodes' processors are: arm64 is Graviton"),
    use: z
      .enum(["required", "optional"])
      .default("required")
      .describe("All pods must say that they run there; or they may, while the tenant's repository moves in or out"),
  })
  .optional();

type Pool = NonNullable<z.infer<typeof spec>>;

const isOneOf = (key: string, values: readonly string[]): Json => ({ key, operator: "In", values: [...values] });

/** As AWS' own pool general-purpose, but for the processors and the kind of capacity. Labels are those of EKS Auto Mode. */
const requirements = ({ capacity, arch }: Pool): Json[] => [
  isOneOf("karpenter.sh/capacity-type", [capacity]),
  isOneOf("eks.amazonaws.com/instance-category", ["c", "m", "r"]),
  { key: "eks.amazonaws.com/instance-generation", operator: "Gt", values: ["4"] },
  isOneOf("kubernetes.io/arch", [...new Set(arch)].sort()),
  isOneOf("kubernetes.io/os", ["linux"]),
];

function nodePoolObject(home: TenantHome, pool: string, own: Pool): KubernetesObject {
  return {
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name: poolName(home.namespace), labels: home.labels },
    spec: {
      template: {
        metadata: {
          // None of the other labels: Karpenter refuses those that end with kubernetes.io.
          labels: { [label.tenant]: home.tenant.name, [label.environment]: home.environment.name, [label.pool]: pool },
        },
        spec: {
          nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: "default" },
          requirements: requirements(own),
          taints: [{ key: label.pool, value: pool, effect: "NoSchedule" }],
          // Together less than the 21 days that Auto Mode gives a node.
          expireAfter: "336h",
          terminationGracePeriod: "24h",
        },
      },
      disruption: {
        consolidationPolicy: "WhenEmptyOrUnderutilized",
        consolidateAfter: "30s",
        budgets: [{ nodes: "10%" }],
      },
      limits: {
        cpu: canonicalQuantity(own.cpu),
        ...(own.memory === undefined ? {} : { memory: canonicalQuantity(own.memory) }),
      },
    },
  };
}

/**
 * Nodes of a home's own. The taint keeps others out, and the guardrail `pods` holds the home's pods to them: it demands
 * the node selector and the toleration, because no policy that writes them is in force on every cluster.
 */
export const nodePool = defineFeature({
  key: "nodePool",
  summary: "Nodes of the home's own, up to a number of CPUs: a pool of EKS Auto Mode",
  profile: spec,
  kinds: ["eks-auto"],
  ownNodes: (own) => own?.use,
  objects: (home, _spec, own) =>
    own === undefined || home.pool === undefined ? [] : [nodePoolObject(home, home.pool.name, own)],
});
