import { z } from "zod";
import type { ApplicationNeeds, NeedBackend, NeededThing } from "../../model/capability";
import { externalSecret } from "../../model/external-secret";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { needPath } from "../../model/needs";
import { hasCredentials } from "../../model/people";
import { bucket } from "./bucket";
import { needSecret, type Need } from "./need";
import { postgres } from "./postgres";

/** What an application can need. A new one is one file and one name here, and what makes it in `components/needs/`. */
export const needs = [postgres, bucket] as const satisfies readonly Need[];

/** Schema of an application's `needs`. */
export const needsSchema = z
  .array(z.discriminatedUnion("kind", [postgres.schema, bucket.schema]))
  .default([])
  .describe("What it needs besides its pods, in each environment of its own; its Secret comes from Vault");

/** An application with its needs. */
export interface NeedyApplication {
  readonly name: string;
  readonly needs: readonly NeededThing[];
}

/** The kind of a need. */
export function needOf(kind: NeededThing["kind"]): Need {
  const found = needs.find((need) => need.kind === kind);
  if (found === undefined) throw new RangeError(`nobody knows a need of kind ${kind}`);
  return found;
}

/** What makes it for a home: what its cluster has, and only where the home's pods run on that cluster itself. */
const servedIn = ({ cluster, tenant }: TenantHome, { kind }: NeededThing): NeedBackend | undefined =>
  tenant.isolation === "namespace" ? needOf(kind).servedBy(cluster) : undefined;

/** The Secrets of an application's needs in one home, and the ways out to what is behind them. */
export function needObjects(
  home: TenantHome,
  { name: application, needs: wanted }: NeedyApplication,
): KubernetesObject[] {
  const own = wanted.filter((need) => servedIn(home, need) !== undefined);
  const egress = [...new Set(own.map(({ kind }) => kind))].flatMap((kind) =>
    needOf(kind).egress(
      home,
      own.filter((need) => need.kind === kind).map((need) => needSecret(application, need)),
    ),
  );
  return [
    ...own.map((need) =>
      externalSecret(home, {
        name: needSecret(application, need),
        from: needPath(home.cluster.name, needSecret(application, need)),
        keys: Object.fromEntries(needOf(need.kind).keys.map((key) => [key, key])),
      }),
    ),
    ...(egress.length === 0
      ? []
      : [
          {
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: { name: `needs-${application}`, namespace: home.namespace, labels: home.labels },
            spec: {
              podSelector: { matchLabels: { "app.kubernetes.io/name": application } },
              policyTypes: ["Egress"],
              egress,
            },
          },
        ]),
  ];
}

/** What an application asks for in one home, of each that makes any of it. It stays without credentials, too: data is kept. */
export function needRequests(
  home: TenantHome,
  { name: application, needs: wanted }: NeedyApplication,
  database: ApplicationNeeds["database"],
): ApplicationNeeds[] {
  const backends = [...new Set(wanted.flatMap((need) => servedIn(home, need) ?? []))];
  return backends.map((by) => ({
    capability: "needs",
    tenant: home.tenant.name,
    environment: home.environment.name,
    namespace: home.namespace,
    cluster: home.cluster.name,
    application,
    by,
    needs: wanted
      .filter((need) => servedIn(home, need) === by)
      .map((need) => ({ kind: need.kind, secret: needSecret(application, need) })),
    database,
    credentials: hasCredentials(home.tenant),
  }));
}
