import { KubernetesClient, type Manifest } from "@estate/clients";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseDocument } from "yaml";
import { moduleDir } from "../../sandbox/toolchain/manifests";
import { TestProject } from "../support/project";

// Addons of an estate that is raised by the real engine: the GitOps engine gets them, and an up waits for none of them. Here
// there is no way to their charts and no node to run them on, so what is raised is told as not ready, and nothing else stops.
// The same estate has databases in its clusters: their definitions are real, their operator's pods run nowhere here.

let project: TestProject;
let dev: KubernetesClient;
beforeAll(async () => {
  project = await TestProject.start();
  project.tenant(
    "team-a",
    "environments: [dev]",
    "applications: [{ name: checkout, needs: [{ kind: postgres }] }, { name: web }]",
  );
  project.settings(
    /(\n {2}estate:access:)/,
    "\n  estate:addons:\n    cert-manager: {}\n    trust-manager: { clusters: [dev] }\n    gateway-crds: {}\n    envoy-gateway: { clusters: [dev] }\n    metrics-server: { clusters: [dev], values: { replicas: 2 } }$1",
  );
  project.settings(
    /(\n {4}dev:\n {6}role: workload\n {6}kind: existing)/,
    "$1\n      databases: { kind: cloudnative-pg }",
  );
  dev = KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context: "dev" });
});
afterAll(async () => {
  dev.close();
  await project.end();
});

it("are handed to the GitOps engine without a wait, and stay as they are", async () => {
  await project.succeed("up", "--yes", "--skip-preview");
  const resources = project.resources().join("\n");
  for (const name of [
    "dev/flux-system/HelmRelease/addon-metrics-server",
    "dev/flux-system/HelmRepository/addon-metrics-server",
    "dev/flux-system/OCIRepository/addon-cert-manager",
    "dev/flux-system/ResourceSet/addon-envoy-gateway",
    "dev/Namespace/metrics",
    "prod/flux-system/HelmRelease/addon-cert-manager",
    "dev/release/cloudnative-pg",
    "dev/team-a-dev--data/Cluster/checkout-postgres-db",
  ])
    expect(resources).toContain(name);
  expect(resources).not.toContain("prod/flux-system/HelmRelease/addon-metrics-server");
  expect(resources).not.toContain("prod/release/cloudnative-pg");
  await project.succeed("preview", "--refresh", "--expect-no-changes");
});

describe("a database in a cluster that was brought along", () => {
  const home = "team-a-dev";
  const beside = "team-a-dev--data";
  const secret = (namespace: string, name: string): Manifest => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
  });
  const valuesOf = ({ data }: Manifest): Record<string, string> =>
    Object.fromEntries(
      Object.entries(data as Record<string, string>).map(([key, value]) => [
        key,
        Buffer.from(value, "base64").toString(),
      ]),
    );
  const arrived = (namespace: string, name: string): Promise<Manifest> =>
    vi.waitFor(
      async () => {
        const found = await dev.find(secret(namespace, name));
        if (found === undefined) throw new Error(`External Secrets has not brought Secret ${namespace}/${name}`);
        return found;
      },
      { timeout: 120_000, interval: 1000 },
    );

  it("and its application have one login, by way of Vault, and no state has its password", async () => {
    const told = valuesOf(await arrived(home, "checkout-postgres"));
    const login = await arrived(beside, "checkout-postgres-db");
    expect(valuesOf(login)).toEqual({ username: "app", password: told["password"] });
    expect(login).toMatchObject({
      type: "kubernetes.io/basic-auth",
      metadata: { labels: { "cnpg.io/reload": "true" } },
    });
    expect(told["password"]).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(told["host"]).toBe("checkout-postgres-db-rw.team-a-dev--data.svc");
    expect(project.state()).not.toContain(told["password"]);
  });

  it("is out of reach of the tenant's people, whose own home is not", async () => {
    const owner = { user: "ann", groups: ["team-a-owners", "engineering", "system:authenticated"] };
    for (const [apiVersion, kind] of [
      ["v1", "Secret"],
      ["v1", "Pod"],
      ["v1", "ResourceQuota"],
      ["external-secrets.io/v1", "ExternalSecret"],
      ["postgresql.cnpg.io/v1", "Cluster"],
    ] as const) {
      await expect(dev.list(apiVersion, kind, { namespace: beside, impersonate: owner })).rejects.toThrow(
        /User "ann" cannot list resource/,
      );
      if (kind !== "Cluster") await dev.list(apiVersion, kind, { namespace: home, impersonate: owner });
    }
  });

  const operator = { user: "system:serviceaccount:cnpg-system:cnpg-manager" };
  const metadata = (name: string, namespace: string) => ({ name, namespace });
  const role = (namespace: string): Manifest => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: metadata("checkout-postgres-db", namespace),
    rules: [
      { apiGroups: [""], resources: ["secrets"], verbs: ["get", "watch"], resourceNames: ["checkout-postgres-db"] },
    ],
  });
  const binding = (namespace: string): Manifest => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: metadata("checkout-postgres-db", namespace),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "checkout-postgres-db" },
    subjects: [{ kind: "ServiceAccount", name: "other", namespace: "cnpg-system" }],
  });
  const pod = (namespace: string): Manifest => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadata("checkout-postgres-db-1", namespace),
    spec: {
      serviceAccountName: "secret-reader",
      securityContext: { runAsNonRoot: true, runAsUser: 26, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "postgres",
          image: "ghcr.io/cloudnative-pg/postgresql:17.10-standard-trixie",
          resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "500m", memory: "1Gi" } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });

  it("is made by the operator with the rights of its own release there, and not in a home", async () => {
    const rules = parseDocument(readFileSync(join(await moduleDir("cloudnative-pg"), "config/rbac/role.yaml"), "utf8"));
    const { rules: own } = rules.toJS() as { readonly rules: readonly object[] };
    const name = "test-cnpg-manager";
    const clusterRole: Manifest = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name },
      rules: own,
    };
    const bound: Manifest = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name: "cnpg-manager", namespace: "cnpg-system" }],
    };
    const made = [clusterRole, bound];
    for (const object of made) await dev.create(object);
    try {
      const as = { impersonate: operator };
      // Who binds a role must have its rights, which is asked of the role itself: so it is there.
      await vi.waitFor(() => dev.create(role(beside), as), { timeout: 30_000, interval: 500 });
      made.push(role(beside));
      await dev.create(binding(beside), { ...as, dryRun: true });
      await dev.create(pod(beside), { ...as, dryRun: true });
      await dev.create(role(home));
      made.push(role(home));
      await expect(dev.create(binding(home), { ...as, dryRun: true })).rejects.toThrow(/estate-role-bindings/);
      await expect(dev.create(pod(home), { ...as, dryRun: true })).rejects.toThrow(/estate-(images|pods)/);
    } finally {
      for (const object of made) await dev.delete(object);
    }
  });

  it("is no kind that a tenant can make in its home, whatever role it has there", async () => {
    const held = { dryRun: true, impersonate: { user: "system:serviceaccount:flux-system:kustomize-controller" } };
    const made = (kind: string, apiVersion: string, rest: object): Manifest => ({
      apiVersion,
      kind,
      metadata: metadata("mine", home),
      ...rest,
    });
    const cluster = { spec: { instances: 1, storage: { size: "1Gi" } } };
    await expect(dev.create(made("Cluster", "postgresql.cnpg.io/v1", cluster), held)).rejects.toThrow(
      "tenants make no objects of this kind: its operator acts on them with rights of its own",
    );
    await dev.create(made("ConfigMap", "v1", { data: {} }), held);
  });
});

it("go before the engine does, and leave nothing behind", async () => {
  await project.succeed("destroy", "--yes", "--skip-preview");
  expect(project.state()).not.toContain("urn:pulumi:");
});
