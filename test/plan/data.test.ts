import { describe, expect, it } from "vitest";
import { readServiceSecrets } from "../../config/service-secrets";
import type { Settings } from "../../config/schema";
import type { Statement } from "../../model/aws/policy";
import type { DataPlan } from "../../plan/aws/data";
import { installingSettings, managedSettings } from "../support/control-plane";
import { plan } from "../support/fixtures";

const planned = (own: Settings) => plan([], own).controlPlane;

function dataOf(own: Settings): DataPlan {
  const { data } = planned(own);
  if (data === undefined) throw new Error("no data is planned");
  return data;
}

describe("data that AWS manages", () => {
  const data = dataOf(managedSettings());

  it("is planned for whoever asks, and for nobody else", () => {
    expect(planned(installingSettings()).data).toBeUndefined();
    const { gitlab } = installingSettings();
    expect(dataOf(managedSettings({ gitlab })).services.map(({ owner }) => owner)).toEqual(["harbor"]);
    const vault = { address: "https://vault.example.com" };
    expect(dataOf(managedSettings({ vault })).services.map(({ owner }) => owner)).toEqual(["gitlab", "harbor"]);
  });

  it("is plain, and the same each time", () => {
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(JSON.stringify(dataOf(managedSettings()))).toBe(JSON.stringify(data));
    expect(JSON.stringify(data)).not.toMatch(/password|token/i);
  });

  it("is of versions that the services take", () => {
    for (const { database, cache } of data.services) {
      expect(Number(database?.version)).toBeGreaterThanOrEqual(17);
      expect(database?.family).toBe(`postgres${database?.version ?? ""}`);
      expect(cache).toMatchObject({ version: "7.2", family: "valkey7" });
    }
  });

  it.each([
    ["open", false, { multiAz: false, backupDays: 7 }, { nodes: 1, snapshotDays: 1 }],
    ["protected", true, { multiAz: true, backupDays: 30 }, { nodes: 2, snapshotDays: 7 }],
  ])("is as safe as the estate: %s", (_, protect, database, cache) => {
    for (const service of dataOf(managedSettings({ protect })).services)
      expect(service).toMatchObject({ database, cache });
  });

  it("is as large as the settings say", () => {
    const registry = {
      kind: "harbor",
      install: {
        postgres: { managed: { instanceClass: "db.m7g.large", storageGi: 200, multiAz: false } },
        redis: { managed: { nodeType: "cache.m7g.large", multiAz: true } },
        objects: "managed",
      },
    };
    const harbor = dataOf(managedSettings({ registry, protect: true })).services.find(
      ({ owner }) => owner === "harbor",
    );
    expect(harbor).toMatchObject({
      database: { instanceClass: "db.m7g.large", storageGi: 200, mostStorageGi: 800, multiAz: false },
      cache: { nodeType: "cache.m7g.large", nodes: 2 },
    });
  });

  it("has names that AWS takes, of the longest estate's, too", () => {
    const name = "abcdefghijklmnop";
    for (const { database, cache, store } of dataOf(managedSettings({ name })).services) {
      expect(database?.id).toMatch(/^[a-z](?:-?[a-z0-9])*$/);
      expect(database?.id.length).toBeLessThanOrEqual(63);
      expect(cache?.id.length).toBeLessThanOrEqual(40);
      expect(store?.role.name.length).toBeLessThanOrEqual(64);
      for (const bucket of store?.buckets ?? []) {
        expect(bucket.name).toMatch(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
        expect(bucket.name.length).toBeLessThanOrEqual(63);
      }
    }
    const { registry } = planned(managedSettings({ name }));
    expect(registry?.store).toMatchObject({ bucket: `${name}-111122223333-harbor-registry` });
  });

  it("has names of its own in every estate of an account, and so has its key", () => {
    const names = (name: string): string[] => {
      const { key, services } = dataOf(managedSettings({ name }));
      return [
        key.alias,
        ...services.flatMap(({ database, cache, store }) => [
          `database ${database?.id ?? ""}`,
          `cache ${cache?.id ?? ""}`,
          ...(store?.buckets.map((bucket) => bucket.name) ?? []),
        ]),
      ];
    };
    const all = [...names("acme"), ...names("acmeb")];
    expect(new Set(all).size).toBe(all.length);
    // A cluster of any name has its alias beside this one.
    expect(names("acme")[0]).toBe("alias/acme-control-plane/data");
  });

  it("is opened to each service's own buckets alone", () => {
    for (const { owner, store } of data.services) {
      const buckets = store?.buckets.map(({ name }) => `arn:aws:s3:::${name}`) ?? [];
      const statements: readonly Statement[] = store?.role.policy.Statement ?? [];
      expect(statements.length, owner).toBe(2);
      const resources = statements.flatMap(({ Resource = [] }) => Resource);
      expect([...resources].sort()).toEqual([...buckets, ...buckets.map((arn) => `${arn}/*`)].sort());
      for (const { Action } of statements)
        for (const action of Action) expect(action).toMatch(/^s3:(Get|List|Put|Delete|Abort)/);
    }
  });

  it("names in the chart exactly the buckets that are made", () => {
    const { gitlab, data: own } = planned(managedSettings());
    const made = own?.services.find(({ owner }) => owner === "gitlab")?.store?.buckets.map(({ name }) => name);
    const text = JSON.stringify(gitlab?.release.values);
    const named = [...text.matchAll(/"(?:bucket|tmpBucket)":"([^"]+)"/g)].map(([, bucket = ""]) => bucket);
    expect(named.sort()).toEqual([...(made ?? [])].sort());
  });

  it("leaves out of the plan the hosts that AWS chooses, and nothing else", () => {
    const { gitlab, registry } = planned(managedSettings());
    expect(gitlab?.release.values).toMatchObject({
      global: {
        psql: { port: 5432, database: "gitlab", username: "gitlab" },
        redis: { port: 6379, scheme: "rediss" },
        serviceAccount: {
          annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/acme-control-plane-gitlab" },
        },
      },
    });
    const global = gitlab?.release.values["global"];
    expect(JSON.stringify(global)).not.toContain("undefined");
    expect(registry?.release.values).toMatchObject({ database: { external: { sslmode: "require" } } });
    const container = JSON.stringify(gitlab?.before);
    expect(container).toContain('"name":"PGHOST","valueFrom":{"secretKeyRef":{"name":"gitlab-postgres","key":"host"}}');
    expect(container).toContain('"name":"PGSSLMODE","value":"require"');
  });

  it("leaves what is brought along as it was", () => {
    const { gitlab, registry } = installingSettings();
    const there = planned(managedSettings({ gitlab, registry }));
    expect(there.gitlab).toEqual(planned(installingSettings()).gitlab);
    expect(there.registry).toEqual(planned(installingSettings()).registry);
  });
});

describe("passwords of data", () => {
  it("are asked of nobody where AWS manages it", () => {
    const asked = (own: Settings): string[] =>
      readServiceSecrets(own, {}).problems.map(({ cause }) => cause.replace(" is not set", ""));
    expect(asked(managedSettings())).toEqual(["GITLAB_OIDC_CLIENT_SECRET", "HARBOR_OIDC_CLIENT_SECRET"]);
    const { gitlab } = installingSettings();
    expect(asked(managedSettings({ gitlab }))).toEqual([
      "GITLAB_POSTGRES_PASSWORD",
      "GITLAB_REDIS_PASSWORD",
      "GITLAB_OIDC_CLIENT_SECRET",
      "HARBOR_OIDC_CLIENT_SECRET",
    ]);
  });
});
