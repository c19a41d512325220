import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guardrails } from "../../guardrails";
import { eksSettings } from "../support/eks";
import { plan, settings, tenant } from "../support/fixtures";
import { home, mallory, moving, neighbour, pooled, virtual, type Trial } from "./guardrails/attack";
import { fluxObjects } from "./guardrails/flux-objects";
import { hosts } from "./guardrails/hosts";
import { images } from "./guardrails/images";
import { rights } from "./guardrails/rights";
import { secrets } from "./guardrails/secrets";
import { walls } from "./guardrails/walls";
import { workloads } from "./guardrails/workloads";
import { GuardedCluster } from "./support/guarded-cluster";

// Every attack is tried by somebody who is bound to cluster-admin in the namespace, the worst that a RoleBinding can grant:
// what refuses it is the guardrail and not RBAC. Pods are never run: an API server decides, and no node is needed.

const trials: readonly Trial[] = [fluxObjects, images, ...workloads, ...walls, ...rights, ...secrets, hosts];

const { standard } = settings().profiles;
const allotting = { quota: { pods: "50", "services.loadbalancers": "1", "services.nodeports": "1" } };
// A profile that has nodes of its own, which clusters of Auto Mode have alone.
const own = { ...allotting, nodePool: { cpu: "64", memory: "256Gi", capacity: "spot" } };
const moves = { ...own, nodePool: { cpu: "64", use: "optional" } };
const estate = plan(
  [
    tenant("team-a", { applications: [{ name: "web", hosts: { dev: ["web.platform.example.com"] } }] }),
    tenant("team-ab", { profile: "allotting" }),
    tenant("virtual", { isolation: "vcluster" }),
    tenant("pooled", { profile: "own" }),
    tenant("moving", { profile: "moving" }),
  ],
  eksSettings({
    registry: { kind: "harbor", alsoFrom: ["docker.io/library/", "harbor.example.com/"] },
    priorityClasses: ["batch"],
    profiles: { standard, allotting, own, moving: moves },
  }),
);
let cluster: GuardedCluster;

const bound = (namespace: string, subject: object): object => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "worst-case", namespace },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [subject],
});

beforeAll(async () => {
  cluster = await GuardedCluster.start(
    estate,
    trials.flatMap(({ definitions = [] }) => definitions),
  );
  const user = { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: mallory.user };
  for (const namespace of [home, neighbour, pooled, moving, virtual]) await cluster.apply([bound(namespace, user)]);
  for (const { before = [] } of trials) await cluster.apply(before);
});

afterAll(() => cluster.end());

describe.each(trials)("$guardrail", ({ attacks, controls }) => {
  it.each(attacks)("#$threat refuses $what", async ({ attempt, reason, twin }) => {
    expect(await cluster.says(attempt)).toMatch(/^403 /);
    expect(await cluster.says(attempt)).toContain(reason);
    expect(await cluster.says(twin)).toBe("ok");
  });

  it.each(controls)("lets be: $what", async ({ attempt }) => {
    expect(await cluster.says(attempt)).toBe("ok");
  });
});

it("tries every guardrail", () => {
  // operate-only is tried as operations, which it is for: estate.test.ts.
  const tried = [...trials.map(({ guardrail }) => guardrail), "operate-only"];
  expect(tried.sort()).toEqual(
    guardrails(estate.estate)
      .map(({ name }) => name)
      .sort(),
  );
});
