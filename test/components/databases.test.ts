import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import type { Settings } from "../../config/schema";
import type { Tenant } from "../../tenants/schema";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

const applications = [{ name: "checkout", needs: [{ kind: "postgres" }] }];
const own = (change: Record<string, unknown> = {}): Settings =>
  settings({
    clusters: {
      "control-plane": { role: "control-plane", kind: "existing" },
      dev: { role: "workload", kind: "existing", databases: { kind: "cloudnative-pg" } },
      prod: { role: "workload", kind: "existing", ring: 1, databases: { kind: "cloudnative-pg" } },
    },
    ...change,
  });
const team = (change: Record<string, unknown> = {}): Tenant => tenant("team-a", { applications, ...change });
const raise = (of: Settings, tenants: readonly Tenant[]): Promise<readonly Registration[]> =>
  record(() => new Estate("acme", { plan: plan(tenants, of), access }, {}));

const signature = "4dabf18193072939515e22adb298388d";
const password = "needs/dev/team-a-dev/checkout-postgres-password";
const beside = "dev/Namespace/team-a-dev--data";
const database = "dev/team-a-dev--data/Cluster/checkout-postgres-db";
const kept = "vault/team-a/dev/needs/dev/checkout-postgres";

const find = (all: readonly Registration[], name: string): Registration => {
  const found = all.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(
      `no ${name}; there are ${all
        .map((one) => one.name)
        .filter((one) => /data|needs/.test(one))
        .join()}`,
    );
  return found;
};

describe("a database in a cluster that was brought along", () => {
  let all: readonly Registration[] = [];
  beforeAll(async () => {
    all = await raise(own({ protect: true, vault: { address: "https://v.example.com" } }), [team()]);
  });

  it("is written after its operator, into a namespace that the run made before it", () => {
    const operator = find(all, "dev/release/cloudnative-pg");
    expect(operator.inputs).toMatchObject({ chart: "cloudnative-pg", version: "0.29.0", skipAwait: true });
    expect(all.some(({ name }) => name === "control-plane/release/cloudnative-pg")).toBe(false);
    const order = [operator.name, "dev/flux-system/ConfigMap/cluster-values", beside, database].map((name) =>
      all.findIndex((one) => one.name === name),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(find(all, database).parent).toMatch(/::tenant-team-a$/);
    expect(find(all, database).type).toBe("kubernetes:postgresql.cnpg.io/v1:Cluster");
  });

  it("tells its login to Vault alone, under the keys of one on AWS, and nothing of it is made there", () => {
    expect(find(all, kept).inputs["dataJsonWo"]).toHaveProperty(signature);
    const values = unwrap(find(all, kept).inputs) as Record<string, unknown>;
    expect(JSON.parse(String(values["dataJsonWo"]))).toEqual({
      host: "checkout-postgres-db-rw.team-a-dev--data.svc",
      port: "5432",
      database: "app",
      username: "app",
      password: "made",
      sslmode: "require",
      uri: "postgresql://app:made@checkout-postgres-db-rw.team-a-dev--data.svc:5432/app?sslmode=require",
    });
    expect(all.filter(({ type }) => type.startsWith("aws:"))).toEqual([]);
    expect(all.filter(({ type, name }) => type === "kubernetes:core/v1:Secret" && name.includes("--data"))).toEqual([]);
    expect(find(all, password).provider).toMatch(/random-provider/);
  });

  it("is protected with its namespace and its password in a protected estate, and in no other", async () => {
    for (const name of [beside, database, password]) expect(find(all, name).protect, name).toBe(true);
    expect(find(all, "dev/team-a-dev--data/ResourceQuota/data").protect).toBe(false);
    const open = await raise(own(), [team()]);
    for (const name of [beside, database, password]) expect(find(open, name).protect, name).toBe(false);
  });

  it("keeps its data where its login goes, and goes with its line or its tenant", async () => {
    const leaving = await raise(own(), [team({ lifecycle: { state: "retiring" } })]);
    expect(find(leaving, database).inputs).toMatchObject({
      metadata: { annotations: { "cnpg.io/hibernation": "on" } },
    });
    expect(find(leaving, password)).toBeDefined();
    expect(leaving.filter(({ name }) => name === kept || name.includes("ExternalSecret"))).toEqual([]);
    for (const without of [
      tenant("team-a", { applications: [{ name: "checkout" }] }),
      team({ lifecycle: { state: "removed" } }),
    ])
      expect((await raise(own(), [without])).filter(({ name }) => /--data|^needs/.test(name))).toEqual([]);
  });

  it("is committed with the home where Git delivers, and outlives its file in a protected estate", async () => {
    const contentOf = async (protect: boolean): Promise<string> => {
      const vault = { address: "https://v.example.com" };
      const of = await raise(own({ delivery: "git", protect, vault }), [team()]);
      expect(of.filter(({ type }) => type.includes("postgresql.cnpg.io"))).toEqual([]);
      return String((unwrap(find(of, "dev/git/team-a").inputs) as Record<string, unknown>)["content"]);
    };
    const documents = (text: string, kind: string): string[] =>
      text.split(/^---$/m).filter((one) => new RegExp(`^kind: ${kind}$`, "m").test(one));
    const open = await contentOf(false);
    expect(documents(open, "Cluster")).toHaveLength(1);
    expect(documents(open, "Namespace")).toHaveLength(2);
    expect(open).not.toMatch(/^kind: Secret$/m);
    expect(open).not.toContain("prune: disabled");
    const shut = await contentOf(true);
    for (const one of [...documents(shut, "Cluster"), ...documents(shut, "Namespace")])
      expect(one).toContain("kustomize.toolkit.fluxcd.io/prune: disabled");
    expect(documents(shut, "ResourceQuota").join()).not.toContain("prune");
  });
});
