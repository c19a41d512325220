import { describe, expect, it } from "vitest";
import { z } from "zod";
import { builtin } from "../../features";
import { defineFeature, type TenantFeature } from "../../features/feature";
import type { KubernetesObject } from "../../model/kubernetes";
import { label } from "../../model/labels";
import { planEstate } from "../../plan/plan";
import { addresses, settings, tenant } from "../support/fixtures";

const planWith = (feature: TenantFeature) =>
  planEstate({
    settings: settings(),
    tenants: [tenant("team-a")],
    features: [...builtin, feature],
    addresses,
  });

const featureOf = (
  object: (namespace: string, labels: Readonly<Record<string, string>>) => KubernetesObject,
): TenantFeature =>
  defineFeature({
    key: "extra",
    summary: "an adopter's feature",
    schema: z.string().optional(),
    objects: (home) => [object(home.namespace, home.labels)],
  });

/** Nodes of a pool, for whom their name, their label and their taint say. */
const poolOf = (name: string, home: string, tainted: string, labels: Readonly<Record<string, string>>) => ({
  apiVersion: "karpenter.sh/v1",
  kind: "NodePool",
  metadata: { name, labels },
  spec: {
    template: {
      metadata: { labels: { [label.pool]: home } },
      spec: { taints: [{ key: label.pool, value: tainted, effect: "NoSchedule" }] },
    },
  },
});

describe("invariants stop a feature that", () => {
  it.each<[string, TenantFeature, RegExp]>([
    [
      "makes an object twice",
      featureOf((namespace, labels) => ({
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "tenant", namespace, labels },
      })),
      /team-a-dev\/ResourceQuota\/tenant is made by tenant team-a and by tenant team-a/,
    ],
    [
      "writes into another namespace",
      featureOf((_namespace, labels) => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "x", namespace: "team-ab-dev", labels },
      })),
      /is outside its namespaces/,
    ],
    [
      "makes something cluster-wide",
      featureOf((_namespace, labels) => ({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRoleBinding",
        metadata: { name: "x", labels },
      })),
      /is cluster-wide/,
    ],
    [
      "makes the nodes of another tenant's home",
      featureOf((_namespace, labels) => poolOf("tenant-team-ab-dev", "team-ab-dev", "team-ab-dev", labels)),
      /NodePool\/tenant-team-ab-dev of tenant team-a is outside its namespaces/,
    ],
    [
      "gives its nodes another home's label",
      featureOf((home, labels) => poolOf(`tenant-${home}`, "team-ab-dev", home, labels)),
      /NodePool\/tenant-team-a-dev of tenant team-a is outside/,
    ],
    [
      "leaves its nodes open to others",
      featureOf((home, labels) => poolOf(`tenant-${home}`, home, "team-ab-dev", labels)),
      /NodePool\/tenant-team-a-dev of tenant team-a is outside/,
    ],
    [
      "forgets the tenant's label",
      featureOf((namespace) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x", namespace } })),
      /lacks the label of tenant team-a/,
    ],
    [
      "puts a value into a Secret of the plan",
      featureOf((namespace, labels) => ({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "x", namespace, labels },
        data: { a: "YQ==" },
      })),
      /a Secret in the plan/,
    ],
    [
      "opens another tenant's folder",
      defineFeature({
        key: "extra",
        summary: "an adopter's feature",
        requests: (home) => [
          {
            capability: "secrets",
            name: "x",
            cluster: home.cluster.name,
            serviceAccount: { namespace: home.namespace, name: "x" },
            folders: ["team-ab/dev"],
          },
        ],
      }),
      /opens "team-ab\/dev", which is not a folder of tenant team-a/,
    ],
  ])("%s", (_what, feature, reason) => {
    expect(() => planWith(feature)).toThrow(reason);
  });

  it("and let a conforming one pass", () => {
    const good = featureOf((namespace, labels) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "x", namespace, labels },
    }));
    expect(planWith(good).tenants[0]?.homes[0]?.objects.at(-1)?.metadata.name).toBe("x");
  });
});
