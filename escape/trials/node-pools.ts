import type { Manifest } from "@estate/clients";
import { creates, home, moving, patches, pooled, type Attack, type Control } from "../attack";
import { pod as podOf } from "./images";

const attack = (what: string, made: Manifest, reason: string, twin: Manifest): Attack => ({
  threat: 3,
  what,
  attempt: creates(made),
  reason,
  twin: creates(twin),
});
const pod = (spec: object): Manifest => podOf("harbor.example.com/acme-team-a/web:1", spec);
const tolerates = (...tolerations: object[]): Manifest => pod({ tolerations });
const tainted = "nodes with a taint are not for tenants";
const unready = { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" };

/** What the API server writes onto every pod. */
export function defaultTolerations(): object[] {
  return ["not-ready", "unreachable"].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 300,
  }));
}

const poolKey = "estate.dev/pool";
const bears = (value: string): object => ({ key: poolKey, value, effect: "NoSchedule" });
const selects = (value: string): object => ({ nodeSelector: { [poolKey]: value } });
const inPool = (spec: object, name = "tried"): Manifest =>
  podOf("harbor.example.com/acme-pooled/web:1", spec, { namespace: pooled, name });
const ownPool = inPool({ ...selects(pooled), tolerations: [bears(pooled)] });
const onTheWay = (spec: object): Manifest => podOf("harbor.example.com/acme-moving/web:1", spec, { namespace: moving });
/** A pod that was there before its namespace had a pool. */
export const olderThanPool = inPool({}, "older");
const anothers = "nodes of another namespace's pool are not for this one";
const written = `run on its own nodes: write nodeSelector: {estate.dev/pool: ${pooled}} and tolerations: [{key: estate.dev/pool, value: ${pooled}, effect: NoSchedule}]`;
const prefers = (key: string, values: string[]): object => ({
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key, operator: "In", values }] } },
      ],
    },
  },
});
const requires = (key: string, values: string[], operator = "In"): object => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "kubernetes.io/os", operator: "In", values: ["linux"] }] },
          { matchExpressions: [{ key, operator, ...(operator === "Exists" ? {} : { values }) }] },
        ],
      },
    },
  },
});
const zone = "topology.kubernetes.io/zone";

/** Nodes of a tenant's own, from inside and from outside. */
export const poolAttacks: readonly Attack[] = [
  attack("a pod beside its own pool", inPool({}), written, ownPool),
  attack("a pod that its own nodes would not take", inPool(selects(pooled)), written, ownPool),
  attack("a pod that other nodes would take", inPool({ tolerations: [bears(pooled)] }), written, ownPool),
  attack(
    "a pod that bears the taint for another effect only",
    inPool({ ...selects(pooled), tolerations: [{ ...bears(pooled), effect: "NoExecute" }] }),
    written,
    ownPool,
  ),
  attack(
    "a pod of the pool that bears every pool",
    inPool({ ...selects(pooled), tolerations: [bears(pooled), { key: poolKey, operator: "Exists" }] }),
    tainted,
    ownPool,
  ),
  attack(
    "a pod of one pool in another",
    inPool({ ...selects("team-a-dev"), tolerations: [bears(pooled)] }),
    `${anothers}: write nodeSelector`,
    ownPool,
  ),
  attack(
    "a pod on its way that takes another's pool",
    onTheWay({ ...selects(pooled), tolerations: [bears(moving)] }),
    `${anothers}: write nodeSelector: {estate.dev/pool: ${moving}}`,
    onTheWay({ ...selects(moving), tolerations: [bears(moving)] }),
  ),
  attack("a pod that bears another's pool", tolerates(bears(pooled)), tainted, tolerates(unready)),
  attack("a pod that bears a pool without a name", tolerates(bears("")), tainted, tolerates(unready)),
  attack("a pod that selects another's pool", pod(selects(pooled)), anothers, pod({ nodeSelector: { [zone]: "a" } })),
  attack("a pod that needs another's pool", pod(requires(poolKey, [pooled])), anothers, pod(requires(zone, ["a"]))),
  attack(
    "a pod that needs any pool",
    pod(requires(poolKey, [], "Exists")),
    anothers,
    pod(requires(zone, [], "Exists")),
  ),
  attack("a pod that would like another's pool", pod(prefers(poolKey, [pooled])), anothers, pod(prefers(zone, ["a"]))),
  {
    threat: 3,
    what: "another's pool put onto a pod that runs",
    attempt: patches(olderThanPool, { spec: { tolerations: [...defaultTolerations(), bears(home)] } }),
    reason: tainted,
    twin: patches(olderThanPool, { spec: { tolerations: [...defaultTolerations(), bears(pooled)] } }),
  },
];

/** What a pool must let be. */
export const poolControls: readonly Control[] = [
  {
    what: "a pod that is older than its pool is changed",
    attempt: patches(olderThanPool, { metadata: { labels: { app: "web" } } }),
  },
  { what: "a pod beside a pool that its namespace is moving into", attempt: creates(onTheWay({})) },
  {
    what: "a pod of the pool that says it by affinity, too",
    attempt: creates(inPool({ ...selects(pooled), ...requires(poolKey, [pooled]), tolerations: [bears(pooled)] })),
  },
];
