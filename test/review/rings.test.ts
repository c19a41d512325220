import { describe, expect, it } from "vitest";
import { limits } from "../../review/cut";
import type { Preview } from "../../review/preview";
import { report } from "../../review/report";
import { event, previewOf } from "./recorded";

const clusters = { dev: { server: "https://dev", ring: 0 }, prod: { server: "https://prod", ring: 1 } };
const provider = (cluster: string) => `urn:pulumi:dev::estate::pulumi:providers:kubernetes::${cluster}-provider::1`;
const on = (op: string, cluster: string, name: string) =>
  event(op, "kubernetes:core/v1:ResourceQuota", name, { provider: provider(cluster) });
const file = (op: string, cluster: string, content: string) =>
  event(op, "gitlab:index/repositoryFile:RepositoryFile", `${cluster}-file`, {
    provider: "urn:pulumi:dev::estate::pulumi:providers:gitlab::gitlab::1",
    old: { inputs: { filePath: `clusters/${cluster}/tenants/payments.yaml`, content: "kind: Old\n" } },
    new: { inputs: { filePath: `clusters/${cluster}/tenants/payments.yaml`, content } },
  });

/** The lines below the heading. */
function rings(
  preview: Preview,
  outputs: Preview["outputs"] = { before: { clusters }, after: { clusters } },
): string[] {
  const text = report({ stack: "dev", preview: { ...preview, outputs }, limit: limits.none, where: "the artifact" });
  const [, below = ""] = text.split("### Rings\n\n");
  const [lines = ""] = below.split("\n\n");
  return lines.split("\n").filter((line) => line !== "");
}

describe("how far a preview reaches", () => {
  it("is a line for each ring, and a word where what is there changes in several at once", () => {
    expect(rings(previewOf(on("update", "dev", "a"), on("create", "dev", "b"), on("update", "prod", "c")))).toEqual([
      "- ring 0: 1 cluster (dev), 1 tenant (payments): 1 new, 1 changed, 0 deleted",
      "- ring 1: 1 cluster (prod), 1 tenant (payments): 0 new, 1 changed, 0 deleted",
      "- what is there changes in rings 0 and 1 at once; estate:rollout takes a version or a profile from ring to ring (docs/rings.md)",
    ]);
    expect(rings(previewOf(on("create", "dev", "a"), on("delete", "prod", "b")))).toEqual([
      "- ring 0: 1 cluster (dev), 1 tenant (payments): 1 new, 0 changed, 0 deleted",
      "- ring 1: 1 cluster (prod), 1 tenant (payments): 0 new, 0 changed, 1 deleted",
    ]);
  });

  it("counts files by which clusters are brought their objects, and no other file", () => {
    expect(rings(previewOf(file("update", "prod", "kind: New\n")))).toEqual([
      "- ring 1: 1 cluster (prod), 1 tenant (payments): 0 new, 1 changed, 0 deleted",
    ]);
    expect(rings(previewOf(file("update", "prod", "kind: Old\n")))).toEqual([]);
  });

  it("is not told of what no cluster has, nor where the stack does not show rings", () => {
    const policy = event("update", "vault:index/policy:Policy", "p", { provider: "urn:x::y::z::vault::1" });
    expect(rings(previewOf(policy))).toEqual([]);
    const changed = previewOf(on("update", "dev", "a"));
    expect(rings(changed, { before: {} })).toEqual([]);
    expect(rings(changed)).toHaveLength(1);
  });

  it("knows the ring of a cluster that goes, and of one that comes", () => {
    const { dev, prod } = clusters;
    const both = previewOf(on("delete", "dev", "a"), on("create", "prod", "b"));
    expect(rings(both, { before: { clusters: { dev } }, after: { clusters: { prod } } })).toHaveLength(2);
  });
});
