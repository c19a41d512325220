import { describe, expect, it } from "vitest";
import { judged, losses, type Step } from "../../policy/changes";

const step = (op: string, type: string, name: string, inputs: Record<string, unknown> = {}): Step => ({
  op,
  urn: `urn:pulumi:prod::estate::estate:index:Estate$${type}::${name}`,
  ...(op === "create" ? {} : { oldState: { type, inputs } }),
});

const namespace = "kubernetes:core/v1:Namespace";
const home = { metadata: { labels: { "estate.dev/tenant": "team-a" } } };

describe("what a preview would lose", () => {
  it("is what holds data and is deleted or replaced, each once", () => {
    const steps = [
      step("create-replacement", "aws:rds/instance:Instance", "db"),
      step("replace", "aws:rds/instance:Instance", "db"),
      step("delete-replaced", "aws:rds/instance:Instance", "db"),
      step("delete", namespace, "prod/Namespace/team-a-prod", home),
    ];
    expect(losses(steps)).toEqual([
      { name: "db", urn: steps[0]?.urn, how: "replaced", data: "a database" },
      {
        name: "prod/Namespace/team-a-prod",
        urn: steps[3]?.urn,
        how: "deleted",
        data: "a home and all volumes that are claimed in it",
      },
    ]);
  });

  it("is nothing of what stays, comes, or holds no data", () => {
    const steps = [
      step("same", "aws:rds/instance:Instance", "db"),
      step("update", "aws:rds/instance:Instance", "db2"),
      step("create", "aws:rds/instance:Instance", "db3"),
      step("delete", namespace, "dev/Namespace/flux-system"),
      step("replace", "kubernetes:core/v1:ConfigMap", "dev/flux-system/ConfigMap/values"),
      step("delete", "vault:index/mount:Mount", "transit", { type: "transit" }),
    ];
    expect(losses(steps)).toEqual([]);
  });

  it("is let go by name, and a name that is not lost is told", () => {
    const found = losses([step("delete", "aws:s3/bucket:Bucket", "store")]);
    expect(judged(found, [])).toEqual({ refused: found, idle: [] });
    expect(judged(found, ["store"])).toEqual({ refused: [], idle: [] });
    expect(judged(found, ["stor"])).toEqual({ refused: found, idle: ["stor"] });
  });
});
