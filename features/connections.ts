import { z } from "zod";
import type { TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { label } from "../model/labels";
import { defineFeature } from "./feature";

const connection = z.strictObject({
  tenant: z.string().min(1).describe("The other tenant's name"),
  ports: z.array(z.int().min(1).max(65_535)).min(1).describe("TCP ports that are connected to"),
});

const ways = z
  .strictObject({
    to: z.array(connection).default([]).describe("Tenants that this one's pods may reach, if they say the same"),
    from: z.array(connection).default([]).describe("Tenants whose pods may reach this one's, if they say the same"),
  })
  .prefault({});

type Connection = z.infer<typeof connection>;

/** Homes of the other in the same environment: by labels that guardrails keep for the platform. */
function peer({ environment }: TenantHome, other: Connection): { readonly ports: Json; readonly peers: Json } {
  const matchLabels = { [label.tenant]: other.tenant, [label.environment]: environment.name };
  return {
    ports: other.ports.map((port) => ({ port, protocol: "TCP" })),
    peers: [{ namespaceSelector: { matchLabels } }],
  };
}

function policy(
  home: TenantHome,
  name: string,
  type: "Ingress" | "Egress",
  rules: readonly Json[],
): KubernetesObject[] {
  if (rules.length === 0) return [];
  return [
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name, namespace: home.namespace, labels: home.labels },
      spec: { podSelector: {}, policyTypes: [type], [type.toLowerCase()]: rules },
    },
  ];
}

/**
 * A way between two tenants, on ports that both name. Each end's file opens its own end alone, so neither owner can open
 * the other's: a way that one of them does not want is shut.
 */
export const connections = defineFeature({
  key: "connections",
  summary: "Ways to other tenants, on named ports and in the same environment: open where both files say so",
  schema: ways,
  references: ({ to, from }, { tenants }) =>
    Object.entries({ to, from }).flatMap(([way, all]) =>
      all.map(({ tenant }, index) => ({ path: [way, index, "tenant"], what: "tenant", name: tenant, known: tenants })),
    ),
  objects: (home, { to, from }) => [
    ...policy(
      home,
      "connect-to",
      "Egress",
      to.map((other) => peer(home, other)).map(({ ports, peers }) => ({ ports, to: peers })),
    ),
    ...policy(
      home,
      "connect-from",
      "Ingress",
      from.map((other) => peer(home, other)).map(({ ports, peers }) => ({ ports, from: peers })),
    ),
  ],
});
