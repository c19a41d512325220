import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Settings } from "../../config/schema";
import { hibernation } from "../../model/cloudnative-pg";
import type { KubernetesObject } from "../../model/kubernetes";
import {
  clusterNamePattern,
  databaseName,
  databaseNameLength,
  dataNamespace,
  environmentNamePattern,
  namespaceName,
  tenantNameLength,
  tenantNamePattern,
} from "../../model/names";
import { parseAddress } from "../../model/network/address";
import { dataVersions } from "../../model/aws/versions";
import { images, versions } from "../../model/versions";
import { passages } from "../../model/network/reach";
import type { Pod } from "../../model/network/policy";
import { accessRows } from "../../plan/access-rows";
import { assertInvariants, homeObjects } from "../../plan/invariants";
import type { HomePlan } from "../../plan/home";
import type { EstatePlan } from "../../plan/plan";
import { networksOf, podAddresses } from "../../plan/reach";
import { Definitions } from "../support/definitions";
import { componentVersion } from "../../sandbox/toolchain/manifests";
import { plan, settings, tenant } from "../support/fixtures";

const applications = [
  { name: "checkout", needs: [{ kind: "postgres" }, { kind: "postgres", name: "orders" }] },
  { name: "api", needs: [{ kind: "postgres" }] },
  { name: "web" },
];
const databases = { kind: "cloudnative-pg" };
const clusters = (said: Record<string, unknown> = databases) => ({
  "control-plane": { role: "control-plane", kind: "existing" },
  dev: { role: "workload", kind: "existing", databases: said },
  prod: { role: "workload", kind: "existing", ring: 1, databases: said },
});
const own = (change: Record<string, unknown> = {}): Settings => settings({ clusters: clusters(), ...change });
const planned = (change: Record<string, unknown> = {}, of: Record<string, unknown> = {}): EstatePlan =>
  plan(
    [tenant("team-a", { applications, ...of }), tenant("team-ab", { applications, ...of })],
    own({ profiles: { standard: { quota: { pods: "50" }, ...change } } }),
  );

const homeOf = (of: EstatePlan, name = "team-a", environment = "dev"): HomePlan => {
  const found = of.tenants.find((one) => one.name === name)?.homes.find((home) => home.environment === environment);
  if (found === undefined) throw new Error(`no home of ${name} in ${environment}`);
  return found;
};
const dataOf = (of: EstatePlan, name?: string): NonNullable<HomePlan["data"]> => {
  const { data } = homeOf(of, name);
  if (data === undefined) throw new Error("nothing beside the home");
  return data;
};
const objectsOf = (of: readonly KubernetesObject[], kind: string): KubernetesObject[] =>
  of.filter((object) => object.kind === kind);
const named = (of: readonly KubernetesObject[], kind: string, name: string): KubernetesObject => {
  const found = objectsOf(of, kind).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}; there are ${of.map((o) => o.metadata.name).join()}`);
  return found;
};

describe("a database in a cluster that was brought along", () => {
  it("stands in a namespace beside the home, which is no home and gives nobody a right", () => {
    const { namespace, objects } = dataOf(planned());
    expect(namespace.metadata.name).toBe("team-a-dev--data");
    expect(namespace.metadata.labels).toMatchObject({
      "estate.dev/managed": "true",
      "estate.dev/data-of": "team-a-dev",
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    expect(namespace.metadata.labels).not.toHaveProperty("estate.dev/tenant");
    expect(objects.filter(({ metadata }) => metadata.namespace !== "team-a-dev--data")).toEqual([]);
    expect(objects.filter(({ kind }) => /Role|Pod$|^Secret$/.test(kind)).map(({ kind }) => kind)).toEqual([]);
    expect(objectsOf(objects, "Cluster").map(({ metadata }) => metadata.name)).toEqual([
      "checkout-postgres-db",
      "checkout-orders-db",
      "api-postgres-db",
    ]);
  });

  it("is what its profile says, demands TLS, and has no superuser that somebody could log in as", () => {
    const of = planned({ applications: { postgres: { storageGi: 50, cpu: "2", memory: "4096Mi" } } });
    expect(named(dataOf(of).objects, "Cluster", "checkout-postgres-db").spec).toEqual({
      description: "checkout in team-a-dev",
      imageName: "ghcr.io/cloudnative-pg/postgresql:17.10-standard-trixie",
      instances: 1,
      enablePDB: false,
      enableSuperuserAccess: false,
      bootstrap: { initdb: { database: "app", owner: "app", secret: { name: "checkout-postgres-db" } } },
      postgresql: { pg_hba: ["hostnossl all all all reject"] },
      resources: { requests: { cpu: "2", memory: "4Gi" }, limits: { cpu: "2", memory: "4Gi" } },
      storage: { size: "50Gi" },
    });
    // Three databases, and for each a pod that makes or replaces one.
    expect(named(dataOf(of).objects, "ResourceQuota", "data").spec).toEqual({
      hard: {
        "limits.cpu": "12",
        "limits.memory": "24Gi",
        persistentvolumeclaims: "6",
        pods: "6",
        "requests.cpu": "12",
        "requests.memory": "24Gi",
        "requests.storage": "300Gi",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
      },
    });
  });

  it("has one that stands by in a protected estate, and lies where the cluster's settings say", () => {
    const of = plan(
      [tenant("team-a", { applications })],
      own({ protect: true, clusters: clusters({ ...databases, storageClass: "fast" }) }),
    );
    expect(named(dataOf(of).objects, "Cluster", "api-postgres-db").spec).toMatchObject({
      instances: 2,
      enablePDB: true,
      postgresql: { synchronous: { method: "any", number: 1, dataDurability: "preferred" } },
      storage: { size: "20Gi", storageClass: "fast" },
    });
    expect(named(dataOf(of).objects, "ResourceQuota", "data").spec).toMatchObject({ hard: { pods: "9" } });
  });

  it("comes to its login by a reader of the home's needs alone, as the operator takes it", () => {
    const of = planned();
    const { objects } = dataOf(of);
    expect(named(objects, "ExternalSecret", "checkout-orders-db").spec).toMatchObject({
      target: {
        name: "checkout-orders-db",
        template: { type: "kubernetes.io/basic-auth", metadata: { labels: { "cnpg.io/reload": "true" } } },
      },
      data: ["username", "password"].map((key) => ({
        secretKey: key,
        remoteRef: { key: "team-a/dev/needs/dev/checkout-orders", property: key },
      })),
    });
    expect(
      of.tenants[0]?.secretReaders.filter(({ name, cluster }) => name === "team-a-dev--data" && cluster === "dev"),
    ).toEqual([
      {
        capability: "secrets",
        name: "team-a-dev--data",
        cluster: "dev",
        serviceAccount: { namespace: "team-a-dev--data", name: "secret-reader" },
        folders: ["team-a/dev/needs/dev"],
      },
    ]);
    // The application's own Secret has the same keys as that of a database on AWS.
    const told = named(homeOf(of).objects, "ExternalSecret", "checkout-orders").spec as {
      data: readonly { secretKey: string }[];
    };
    expect(told.data.map(({ secretKey }) => secretKey)).toEqual([
      ...["host", "port", "database", "username", "password", "sslmode", "uri"],
    ]);
  });

  it("is in the access matrix by who uses it, and by who opens its login", () => {
    const rows = accessRows(planned()).filter(({ who }) => who.includes("--data"));
    expect(rows).toContainEqual({
      tenant: "team-a",
      who: "ServiceAccount dev/team-a-dev--data/secret-reader",
      may: "read",
      plane: "vault",
      where: "acme/team-a/dev/needs/dev",
    });
    expect(rows.every(({ plane }) => plane === "vault")).toBe(true);
    const uses = accessRows(planned()).filter(({ tenant: of, plane }) => of === "team-a" && plane === "needs");
    expect(uses.filter(({ where }) => where.includes("/team-a-dev/"))).toEqual(
      [
        ["checkout", "checkout-postgres"],
        ["checkout", "checkout-orders"],
        ["api", "api-postgres"],
      ].map(([application, secret]) => ({
        tenant: "team-a",
        who: `pods of ${String(application)} in dev/team-a-dev`,
        may: "use",
        plane: "needs",
        where: `postgres dev/team-a-dev/${String(secret)}`,
      })),
    );
    const leaving = accessRows(planned({}, { lifecycle: { state: "retiring" } }));
    expect(leaving.filter(({ plane, who }) => plane === "needs" || who.includes("--data"))).toEqual([]);
  });

  it("is the same whichever engine brings what is in Git", () => {
    const of = (kind: string): NonNullable<HomePlan["data"]> =>
      dataOf(plan([tenant("team-a", { applications })], own({ gitops: { kind } })));
    expect(of("argocd").objects).toEqual(of("flux").objects);
  });

  it("is nowhere where nobody needs one, and an unserved kind is left out with it", () => {
    const without = plan([tenant("team-a", { applications: [{ name: "web" }] })], own());
    expect(homeOf(without).data).toBeUndefined();
    const virtual = plan([tenant("team-a", { applications, isolation: "vcluster" })], own());
    expect(homeOf(virtual).data).toBeUndefined();
    const bucket = plan([tenant("team-a", { applications: [{ name: "web", needs: [{ kind: "bucket" }] }] })], own());
    expect([homeOf(bucket).data, bucket.tenants[0]?.needs]).toEqual([undefined, []]);
  });

  it("comes from the mirror with its operator, if there is one", () => {
    const mirror = { charts: "oci://mirror.example.com/charts", images: "mirror.example.com" };
    const of = plan([tenant("team-a", { applications })], own({ mirror }));
    expect(JSON.stringify([dataOf(of), of.clusters.map(({ platform }) => platform.releases)])).not.toContain("ghcr.io");
    expect(named(dataOf(of).objects, "Cluster", "api-postgres-db").spec).toMatchObject({
      imageName: "mirror.example.com/cloudnative-pg/postgresql:17.10-standard-trixie",
    });
  });
});

describe("the operator", () => {
  const releasesOf = (of: EstatePlan, name: string) => of.clusters.find((one) => one.name === name)?.platform;

  it("is a release of the clusters that say so, without webhooks that a database would wait for", () => {
    const of = planned();
    expect(releasesOf(of, "dev")?.releases.find(({ name }) => name === "cloudnative-pg")).toMatchObject({
      namespace: "cnpg-system",
      chart: "cloudnative-pg",
      repository: "https://cloudnative-pg.github.io/charts",
      version: "0.29.0",
      values: {
        image: { tag: "1.30.0" },
        webhook: { mutating: { create: false }, validating: { create: false } },
        config: { data: { MANAGE_WEBHOOK_CONFIGURATIONS: "false" } },
      },
    });
    expect(releasesOf(of, "dev")?.namespaces.map(({ metadata }) => metadata.name)).toContain("cnpg-system");
    expect(releasesOf(of, "control-plane")?.releases.map(({ name }) => name)).toEqual(["external-secrets"]);
  });

  it("has the definitions that databases are held against", () => {
    expect(componentVersion("cloudnative-pg")).toBe(`v${versions.cloudNativePg.rehearsed}`);
    expect(versions.cloudNativePg.rehearsed).toBe(versions.cloudNativePg.installed);
    // A database of a need is of one major, whatever serves it.
    expect(images.postgres).toMatch(new RegExp(`:${dataVersions.postgres.version.replace(/\\..*/, "")}\\.`));
  });

  it("is let be where it is there already, and let in from there", () => {
    const of = plan(
      [tenant("team-a", { applications })],
      own({ clusters: clusters({ ...databases, install: false, namespace: "postgres-operator" }) }),
    );
    expect(releasesOf(of, "dev")?.releases.map(({ name }) => name)).toEqual(["external-secrets"]);
    expect(releasesOf(of, "dev")?.namespaces.map(({ metadata }) => metadata.name)).not.toContain("postgres-operator");
    expect(JSON.stringify(named(dataOf(of).objects, "NetworkPolicy", "allow-operator").spec)).toContain(
      '"kubernetes.io/metadata.name":"postgres-operator"',
    );
  });
});

describe("through a tenant's life, a database in the cluster", () => {
  const state = (name: string): EstatePlan => planned({}, { lifecycle: { state: name } });
  const hibernates = (of: EstatePlan): unknown[] =>
    objectsOf(dataOf(of).objects, "Cluster").map(({ metadata }) => metadata.annotations);

  it("runs while it is active, sleeps with its data while it is suspended, and has lost its login on its way out", () => {
    expect(hibernates(state("active"))).toEqual([undefined, undefined, undefined]);
    const suspended = state("suspended");
    expect(hibernates(suspended)).toEqual([hibernation, hibernation, hibernation]);
    expect(objectsOf(dataOf(suspended).objects, "ExternalSecret")).toHaveLength(3);
    const leaving = state("retiring");
    expect(hibernates(leaving)).toEqual([hibernation, hibernation, hibernation]);
    expect(objectsOf(dataOf(leaving).objects, "ExternalSecret")).toEqual([]);
    expect(leaving.tenants[0]?.secretReaders).toEqual([]);
    expect(leaving.tenants[0]?.needs.map(({ credentials }) => credentials)).not.toContain(true);
    expect(state("removed").tenants[0]?.homes).toEqual([]);
  });
});

describe("who reaches a database", () => {
  // Everything is open that a profile can open: only the database's own end is left to say no.
  const of = planned({
    network: { allowEgressTraffic: true, allowEgressClusterTraffic: true, allowNamespaceTraffic: true },
  });
  const shut = planned({ network: {} });
  const pod = (namespace: string, labels: Record<string, string>, cluster = "dev"): Pod => ({
    cluster,
    namespace,
    name: `${namespace} ${JSON.stringify(labels)}`,
    labels,
    addresses: podAddresses,
  });
  const app = (name: string, namespace = "team-a-dev"): Pod => pod(namespace, { "app.kubernetes.io/name": name });
  const database = (name: string, namespace = "team-a-dev--data"): Pod => pod(namespace, { "cnpg.io/cluster": name });
  const ports = (estate: EstatePlan, from: Pod, to: Pod): string[] =>
    passages(networksOf(estate), from, to).map(({ protocol, first, last }) => `${protocol} ${first}-${last}`);
  const checkout = database("checkout-postgres-db");

  it("are the pods of its application, at its port, with and without other ways out", () => {
    expect(ports(of, app("checkout"), checkout)).toEqual(["TCP 5432-5432"]);
    expect(ports(shut, app("checkout"), checkout)).toEqual(["TCP 5432-5432"]);
    expect(ports(shut, app("checkout"), database("checkout-orders-db"))).toEqual(["TCP 5432-5432"]);
    expect(ports(shut, app("api"), database("api-postgres-db"))).toEqual(["TCP 5432-5432"]);
  });

  it("are no pods of another application, of another tenant, of another environment, or without its label", () => {
    for (const from of [
      app("api"),
      app("web"),
      pod("team-a-dev", {}),
      app("checkout", "team-ab-dev"),
      pod("team-a-prod", { "app.kubernetes.io/name": "checkout" }, "prod"),
      app("checkout", "default"),
      app("checkout", "team-ab-dev--data"),
      database("api-postgres-db"),
      database("checkout-postgres-db", "team-ab-dev--data"),
    ])
      expect([from.name, ports(of, from, checkout)]).toEqual([from.name, []]);
    // The twin of each: the same label beside its own database.
    expect(ports(of, app("checkout", "team-ab-dev"), database("checkout-postgres-db", "team-ab-dev--data"))).toEqual([
      "TCP 5432-5432",
    ]);
  });

  it("are its own pods and the operator, which asks how it is", () => {
    const two = ["TCP 5432-5432", "TCP 8000-8000"];
    expect(ports(shut, { ...checkout, name: "the other" }, checkout)).toEqual(two);
    const operator = pod("cnpg-system", { "app.kubernetes.io/name": "cloudnative-pg" });
    expect(ports(shut, operator, checkout)).toEqual(two);
    expect(ports(shut, pod("cnpg-system", {}), checkout)).toEqual([]);
    expect(ports(shut, pod("team-a-dev", { "app.kubernetes.io/name": "cloudnative-pg" }), checkout)).toEqual([]);
  });

  it("and it reaches nothing but names, the API server and its own", () => {
    expect(ports(of, checkout, app("checkout"))).toEqual([]);
    expect(ports(of, checkout, database("api-postgres-db"))).toEqual([]);
    expect(ports(shut, checkout, pod("kube-system", { "k8s-app": "kube-dns" }))).toContain("UDP 53-53");
    const to = (text: string): string[] =>
      [parseAddress(text) ?? []]
        .flat()
        .flatMap((address) =>
          passages(networksOf(of), checkout, address).map(
            ({ protocol, first, last }) => `${protocol} ${first}-${last}`,
          ),
        );
    expect(to("10.77.0.1")).toEqual(["TCP 443-443", "TCP 6443-6443"]);
    expect([to("203.0.113.9"), to("169.254.169.254")]).toEqual([[], []]);
  });
});

describe("names of databases", () => {
  const application = fc.stringMatching(clusterNamePattern).filter(({ length }) => length <= 60);
  const need = fc.stringMatching(clusterNamePattern).filter(({ length }) => length <= 20);
  const secret = fc.tuple(application, need).map((parts) => parts.join("-"));

  it("are such as CloudNativePG takes, and never what it makes for another one", () => {
    fc.assert(
      fc.property(secret, secret, (one, other) => {
        const [mine, theirs] = [databaseName(one), databaseName(other)];
        for (const name of [mine, theirs]) expect(name).toMatch(/^[a-z](-*[a-z0-9])*-db$/);
        expect(Math.max(mine.length, theirs.length)).toBeLessThanOrEqual(databaseNameLength);
        if (one !== other) expect(mine).not.toBe(theirs);
        for (const ending of ["app", "ca", "server", "replication", "superuser", "primary", "rw", "ro", "r", "1"])
          expect(`${theirs}-${ending}`).not.toBe(mine);
      }),
    );
  });

  it("stay within what Kubernetes takes, in namespaces that no tenant can have", () => {
    const name = fc.stringMatching(tenantNamePattern).filter(({ length }) => length <= tenantNameLength);
    fc.assert(
      fc.property(name, fc.stringMatching(environmentNamePattern), (of, environment) => {
        const beside = dataNamespace(namespaceName(of, environment));
        expect(beside).toMatch(/^(?=.{1,63}$)[a-z][a-z0-9-]*[a-z0-9]$/);
        // Read from the right, what would be the tenant has two hyphens in a row.
        expect(beside.replace(/-[a-z0-9]+$/, "")).not.toMatch(tenantNamePattern);
      }),
    );
  });
});

describe("the plan's own rules", () => {
  it("stop a namespace beside a home that is a home, that is called otherwise, or that gives a right", () => {
    const whole = planned();
    const change = (make: (data: NonNullable<HomePlan["data"]>) => NonNullable<HomePlan["data"]>): EstatePlan => ({
      ...whole,
      tenants: whole.tenants.map((one) => ({
        ...one,
        homes: one.homes.map((home) => (home.data === undefined ? home : { ...home, data: make(home.data) })),
      })),
    });
    expect(() => {
      assertInvariants(change((data) => data));
    }).not.toThrow();
    const broken = (make: Parameters<typeof change>[0], why: string): void => {
      expect(() => {
        assertInvariants(change(make));
      }).toThrow(why);
    };
    broken(({ namespace, objects }) => {
      const { metadata } = namespace;
      const labels = { ...metadata.labels, "estate.dev/tenant": "team-a" };
      return { namespace: { ...namespace, metadata: { ...metadata, labels } }, objects };
    }, "team-a-dev--data would be taken for a tenant's home");
    broken(({ namespace, objects }) => {
      const { metadata } = namespace;
      return { namespace: { ...namespace, metadata: { ...metadata, name: `${metadata.name}-x` } }, objects };
    }, "team-a-dev--data-x is not called after team-a-dev");
    broken(({ namespace, objects }) => {
      const binding: KubernetesObject = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: "x", namespace: namespace.metadata.name, labels: { "estate.dev/tenant": "team-a" } },
        roleRef: { kind: "ClusterRole", name: "tenant-view" },
      };
      return { namespace, objects: [...objects, binding] };
    }, "team-a-dev--data/RoleBinding/x: nobody has a right in team-a-dev--data");
    broken(
      ({ namespace, objects }) => ({ namespace, objects: objects.filter(({ kind }) => kind !== "NetworkPolicy") }),
      "team-a-dev--data has no NetworkPolicy",
    );
  });
});

describe("the API servers", () => {
  let definitions: Definitions;
  beforeAll(async () => {
    definitions = await Definitions.load("cloudnative-pg", "external-secrets");
  }, 120_000);

  it("take all of it by the real definitions, and refuse a database with a field that there is not", () => {
    const both = [planned(), plan([tenant("team-a", { applications })], own({ protect: true }))];
    const custom = both
      .flatMap(({ tenants }) => tenants.flatMap((one) => homeObjects(one).map(({ object }) => object)))
      .filter(({ metadata, apiVersion }) => metadata.namespace?.endsWith("--data") === true && apiVersion.includes("."))
      .filter(({ apiVersion }) => !apiVersion.includes(".k8s.io/"));
    expect(new Set(custom.map(({ kind }) => kind))).toEqual(new Set(["SecretStore", "ExternalSecret", "Cluster"]));
    for (const object of custom)
      expect([object.metadata.name, definitions.complaints(object)]).toEqual([object.metadata.name, []]);
    const [wrong] = custom.filter(({ kind }) => kind === "Cluster");
    const spec = { ...(wrong?.spec as object), backups: true };
    expect(wrong && definitions.complaints({ ...wrong, spec })).toEqual([
      '/spec must NOT have additional properties {"additionalProperty":"backups"}',
    ]);
  });
});
