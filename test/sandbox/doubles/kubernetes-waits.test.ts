import { KubernetesClient } from "@estate/clients";
import { describe, expect, it } from "vitest";
import type { BareMap } from "../../../sandbox/doubles/framework/value";
import { customRule, ruleFor, serviceReadiness } from "../../../sandbox/doubles/kubernetes/readiness";
import { timeoutMs, untilReady } from "../../../sandbox/doubles/kubernetes/waiting";
import { kubeconfigText } from "../../../sandbox/kubeconfig";

describe("waits", () => {
  it("end with what was made when its API server is gone, so that the state knows of it", async () => {
    const nobody = { context: "gone", server: "https://127.0.0.1:1", ca: "", user: "admin", token: "x" };
    const client = KubernetesClient.fromKubeconfig({ text: kubeconfigText([nobody]) });
    const signal = new AbortController().signal;
    const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "q" }, spec: { hard: { pods: "1" } } };
    const { live, reasons } = await untilReady({ client, signal }, quota, quota, 5_000);
    expect(live).toEqual(quota);
    expect(reasons.join()).toContain("ECONNREFUSED");
  });

  const ok = (type: string): BareMap => ({ status: { conditions: [{ type, status: "True" }] } });
  it.each<[string, string, BareMap, string | undefined]>([
    ["v1", "Namespace", {}, undefined],
    ["v1", "ConfigMap", {}, undefined],
    ["networking.k8s.io/v1", "NetworkPolicy", {}, undefined],
    ["apiextensions.k8s.io/v1", "CustomResourceDefinition", {}, undefined],
    ["x.example/v1", "Thing", {}, undefined],
    ["v1", "ResourceQuota", { spec: { hard: { pods: "1" } } }, "waiting"],
    ["v1", "ResourceQuota", { spec: { hard: { pods: "1" } }, status: { hard: { pods: "1" } } }, "ready"],
    ["apps/v1", "Deployment", { spec: { replicas: 1 }, metadata: { generation: 1 } }, "waiting"],
    ["apps/v1", "Deployment", { spec: { replicas: 0 } }, "ready"],
    [
      "apps/v1",
      "Deployment",
      {
        spec: { replicas: 1 },
        status: { ...(ok("Available")["status"] as BareMap), updatedReplicas: 1, availableReplicas: 1 },
      },
      "ready",
    ],
    ["apps/v1", "StatefulSet", { spec: { replicas: 1 } }, "waiting"],
    [
      "apps/v1",
      "DaemonSet",
      { metadata: { generation: 1 }, status: { observedGeneration: 1, desiredNumberScheduled: 0 } },
      "ready",
    ],
    ["apps/v1", "DaemonSet", { metadata: { generation: 1 } }, "waiting"],
    ["v1", "Pod", { status: { phase: "Pending" } }, "waiting"],
    ["v1", "Pod", { status: { phase: "Succeeded" } }, "ready"],
    ["batch/v1", "Job", {}, "waiting"],
    ["batch/v1", "Job", ok("Failed"), "failed"],
    ["batch/v1", "Job", { status: { ...(ok("Complete")["status"] as BareMap), startTime: "now" } }, "ready"],
    ["networking.k8s.io/v1", "Ingress", {}, "waiting"],
    ["networking.k8s.io/v1", "Ingress", { status: { loadBalancer: { ingress: [{ ip: "::1" }] } } }, "ready"],
    ["v1", "PersistentVolume", { status: { phase: "Available" } }, "ready"],
    ["v1", "PersistentVolumeClaim", { status: { phase: "Pending" } }, "waiting"],
    ["v1", "Secret", { type: "Opaque" }, "ready"],
    ["v1", "Secret", { type: "kubernetes.io/service-account-token" }, "waiting"],
    ["v1", "Secret", { type: "kubernetes.io/service-account-token", data: { token: "eA==" } }, "ready"],
    ["v1", "ServiceAccount", {}, undefined],
  ])("%s %s %j: %s", (apiVersion, kind, fields, is) => {
    const live = { apiVersion, kind, ...fields };
    expect(ruleFor(live)?.(live).is).toBe(is);
  });

  const selected: BareMap = { selector: { a: "b" }, clusterIP: "10.0.0.1" };
  it.each<[string, BareMap, BareMap | undefined, string]>([
    ["external", { type: "ExternalName", ...selected }, undefined, "ready"],
    ["headless", { ...selected, clusterIP: "None" }, undefined, "ready"],
    ["without a selector", { clusterIP: "10.0.0.1" }, undefined, "ready"],
    ["without Endpoints yet", selected, undefined, "waiting"],
    ["with empty Endpoints", selected, {}, "settling"],
    ["with unready addresses", selected, { subsets: [{ notReadyAddresses: [{}] }] }, "waiting"],
    ["a load balancer without an address", { ...selected, type: "LoadBalancer" }, {}, "waiting"],
  ])("a Service %s", (_, spec, endpoints, is) => {
    expect(serviceReadiness({ spec }, endpoints).is).toBe(is);
  });

  function waitFor(text: string): BareMap {
    return { metadata: { annotations: { "pulumi.com/waitFor": text } } };
  }
  const live: BareMap = {
    status: { x: "v", n: 3, list: [{ a: "b" }], conditions: [{ type: "Ready", status: "True" }] },
  };
  it.each([
    ["condition=Ready", "ready"],
    ["condition=Ready=False", "waiting"],
    ["condition=Other", "waiting"],
    ["jsonpath={.status.x}=v", "ready"],
    ["jsonpath={.status.x}", "ready"],
    ["jsonpath={.status.n}=3", "ready"],
    ["jsonpath={.status.list[0].a}=b", "ready"],
    ["jsonpath={.status.list[*].a}=c", "waiting"],
    ["jsonpath={.status.y}", "waiting"],
    ['["condition=Ready", "jsonpath={.status.x}=v"]', "ready"],
    ['["condition=Ready", "jsonpath={.status.x}=w"]', "waiting"],
  ])("for %s", (text, is) => expect(customRule(waitFor(text))?.(live).is).toBe(is));

  it.each(["ready", "[]", "status.x=v", "jsonpath={range .items}"])("refuse %s", (text) => {
    expect(() => customRule(waitFor(text))).toThrow();
  });

  it("last as long as the resource, its annotation or its kind says", () => {
    const annotated = { metadata: { annotations: { "pulumi.com/timeoutSeconds": "7" } } };
    expect(timeoutMs(annotated, 3)).toBe(3_000);
    expect(timeoutMs(annotated, 0)).toBe(7_000);
    expect(timeoutMs({}, 0)).toBe(600_000);
    expect(timeoutMs({ kind: "PersistentVolume" }, 0)).toBe(300_000);
  });
});
