import { beforeAll, describe, expect, it } from "vitest";
import { homeObjects } from "../../plan/invariants";
import { planEstate } from "../../plan/plan";
import { builtin } from "../../features";
import { Definitions } from "../support/definitions";
import { addresses, plan, settings, tenant } from "../support/fixtures";

const named = { reconciliation: { secretValues: ["database", "mail-relay"] } };
const objects = (change: Record<string, unknown>, environment = "dev") =>
  plan([tenant("team-a", change)]).tenants[0]?.homes.find((home) => home.environment === environment)?.objects ?? [];
const find = (change: Record<string, unknown>, kind: string, name: string) =>
  objects(change).find((object) => object.kind === kind && object.metadata.name === name);

describe("values of secrets in a tenant's manifests", () => {
  let definitions: Definitions;
  beforeAll(async () => {
    definitions = await Definitions.load("external-secrets", "kustomize-controller");
  }, 300_000);

  it.each(["namespace", "vcluster"])("come from the environment's own folder, with isolation %s", (isolation) => {
    const change = { isolation, ...named };
    const brought = find(change, "ExternalSecret", "delivery-values");
    expect(brought?.spec).toMatchObject({
      secretStoreRef: { kind: "SecretStore", name: "vault" },
      dataFrom: [{ extract: { key: "team-a/dev/database" } }, { extract: { key: "team-a/dev/mail-relay" } }],
    });
    const applied = find(change, "Kustomization", "operations");
    // Without it nothing is delivered: an empty value would be worse than none.
    expect(applied?.spec).toMatchObject({
      postBuild: { substituteFrom: [{ kind: "Secret", name: "delivery-values" }] },
    });
    for (const object of [brought, applied])
      expect(object === undefined ? undefined : definitions.complaints(object)).toEqual([]);
  });

  it("are none where none are named: a tenant's manifests may have ${...} of their own", () => {
    expect(find({}, "ExternalSecret", "delivery-values")).toBeUndefined();
    expect(find({}, "Kustomization", "operations")?.spec).not.toHaveProperty("postBuild");
  });

  it("go with the credentials of a tenant on its way out", () => {
    const retiring = { ...named, lifecycle: { state: "retiring" } };
    expect(find(retiring, "ExternalSecret", "delivery-values")).toBeUndefined();
  });

  it("are not asked of an engine that puts none in", () => {
    // Asked for it, it is refused (test/bad/argocd-values); what is planned all the same brings nothing of them anywhere.
    const brought = (kind: string): string[] => {
      const own = settings({ gitops: { kind } });
      const inputs = { settings: own, tenants: [tenant("team-a", named)], features: builtin, addresses };
      return planEstate(inputs)
        .tenants.flatMap(homeObjects)
        .map(({ object }) => object.metadata.name)
        .filter((name) => name === "delivery-values");
    };
    expect(brought("argocd")).toEqual([]);
    expect(brought("flux")).not.toEqual([]);
  });
});
