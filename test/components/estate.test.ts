import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { access, plan, settings, tenant } from "../support/fixtures";
import { liveUid, record, unwrap, type Registration } from "../support/monitor";

const tenants = [tenant("team-a"), tenant("team-ab", { isolation: "vcluster", environments: ["dev"] })];

async function raise(own = settings()): Promise<readonly Registration[]> {
  return record(() => new Estate("acme", { plan: plan(tenants, own), access }, {}));
}

describe("the estate's resources", () => {
  let resources: readonly Registration[] = [];
  const byName = (name: string): Registration => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined)
      throw new Error(`no resource ${name}; there are ${resources.map((resource) => resource.name).join(", ")}`);
    return found;
  };

  beforeAll(async () => {
    resources = await raise();
  });

  it("have an explicit provider, and a component as parent", () => {
    const custom = resources.filter((resource) => resource.custom && !resource.type.startsWith("pulumi:providers:"));
    expect(custom.length).toBeGreaterThan(50);
    expect(custom.filter((resource) => resource.provider === "").map((resource) => resource.name)).toEqual([]);
    expect(
      resources
        .filter(
          (resource) =>
            !/^(estate|pulumi:providers):/.test(resource.type) && resource.parent.includes("::pulumi:pulumi:Stack::"),
        )
        .map((resource) => resource.name),
    ).toEqual([]);
  });

  it("write each cluster's objects through that cluster's own provider", () => {
    for (const { name, provider } of resources.filter(({ type }) => type.startsWith("kubernetes:"))) {
      expect(provider, name).toContain(`::${name.split("/")[0] ?? ""}-provider::`);
    }
  });

  it("make every manifest of the plan under the token of its kind", () => {
    const planned = plan(tenants);
    for (const { homes } of planned.tenants) {
      for (const { cluster, namespace, objects } of homes) {
        for (const object of [namespace, ...objects]) {
          const inside = object.metadata.namespace === undefined ? "" : `${object.metadata.namespace}/`;
          const { type, inputs } = byName(`${cluster}/${inside}${object.kind}/${object.metadata.name}`);
          expect(type).toBe(`kubernetes:${object.apiVersion === "v1" ? "core/v1" : object.apiVersion}:${object.kind}`);
          const { metadata, ...rest } = unwrap(inputs) as Record<string, unknown>;
          expect(metadata).toMatchObject(object.metadata);
          expect({ ...rest, metadata: object.metadata }).toEqual(object);
        }
      }
    }
  });

  it("let a tenant's namespace wait for the GitOps engine and the guardrails, and its objects for the namespace", () => {
    const namespace = byName("dev/Namespace/team-a-dev");
    const facts = byName("dev/flux-system/ConfigMap/cluster-values");
    // By one object that depends on all others: its own state does not grow with the platform.
    expect(namespace.dependencies).toHaveLength(2);
    expect(namespace.dependencies).toContain(facts.urn);
    const dependencies = facts.dependencies.join("\n");
    expect(dependencies).toContain("dev/flux-system/FluxInstance/flux");
    expect(dependencies).toContain("dev/release/external-secrets");
    expect(dependencies).toContain("dev/ValidatingAdmissionPolicyBinding/estate-operate-only-deployments");
    expect(dependencies).toContain("dev/ClusterRole/tenant-change");
    const quota = byName("dev/team-a-dev/ResourceQuota/tenant");
    expect(quota.dependencies).toContain(namespace.urn);
    expect(quota.deletedWith).toBe(namespace.urn);
    const release = byName("dev/flux-system/HelmRelease/vcluster-team-ab-dev");
    expect(release.deletedWith).toBe("");
    expect(release.dependencies.join("\n")).toContain("dev/Namespace/team-ab-dev");
  });

  it("keep the kubeconfig secret", () => {
    const inputs = byName("dev-provider").inputs;
    expect(inputs.kubeconfig).toMatchObject({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" });
    expect(inputs.clusterIdentifier).toBe("dev");
  });

  it("take over what exists in the step between two deliveries, and by the provider's variable", async () => {
    const takesOver = async (delivery: string): Promise<unknown> => {
      const provider = (await raise(settings({ delivery }))).find(({ name }) => name === "dev-provider");
      return provider?.inputs.upsertExistingObjects;
    };
    const variable = "PULUMI_K8S_UPSERT_EXISTING_OBJECTS";
    expect(await takesOver("direct")).toBeUndefined();
    expect(await takesOver("handover")).toBe("true");
    process.env[variable] = "true";
    try {
      expect(await takesOver("direct")).toBe("true");
    } finally {
      Reflect.deleteProperty(process.env, variable);
    }
  });

  it("protect what holds data, where the settings say so", async () => {
    expect(resources.filter(({ protect }) => protect)).toEqual([]);
    const protectedOnes = (await raise(settings({ protect: true })))
      .filter(({ protect }) => protect)
      .map(({ name }) => name);
    expect([...protectedOnes].sort()).toEqual([
      "dev/Namespace/team-a-dev",
      "dev/Namespace/team-ab-dev",
      "gitlab-parent-platform",
      "gitlab-parent-platform/tenants",
      "gitlab/team-a",
      "gitlab/team-a/ops-dev",
      "gitlab/team-a/ops-prod",
      "gitlab/team-ab",
      "gitlab/team-ab/ops-dev",
      "prod/Namespace/team-a-prod",
      "registry/acme-team-a-project",
      "registry/acme-team-ab-project",
      "vault-secrets",
    ]);
  });
});

describe("a pinned cluster", () => {
  const pinned = (uid: string) =>
    settings({
      clusters: {
        "control-plane": { role: "control-plane", kind: "existing" },
        dev: { role: "workload", kind: "existing", uid },
        prod: { role: "workload", kind: "existing" },
      },
    });

  it("is written to when its kube-system has the UID", async () => {
    const resources = await raise(pinned(liveUid));
    expect(resources.some(({ name }) => name === "dev/Namespace/team-a-dev")).toBe(true);
  });
});

describe("a tenant of two environments and two applications", () => {
  const busy = tenant("busy", { applications: [{ name: "web" }, { name: "worker" }] });
  const raised = () => record(() => new Estate("acme", { plan: plan([busy]), access }, {}));

  it.each([
    ["direct", 90, 60],
    ["git", 45, 30],
  ])("takes with delivery `%s` at most %i resources", async (delivery, most, least) => {
    const own = settings({ delivery });
    const resources = await record(() => new Estate("acme", { plan: plan([busy], own), access }, {}));
    const ours = resources.filter(({ name }) => name.includes("busy"));
    expect(ours.length).toBeLessThanOrEqual(most);
    expect(ours.length).toBeGreaterThan(least);
  });

  it("has its repositories forked along the promotion chain, and the gated one closed to hands", async () => {
    const resources = await raised();
    const inputs = (name: string): Record<string, unknown> => {
      const found = resources.find((resource) => resource.name === name);
      if (found === undefined)
        throw new Error(`no resource ${name}; there are ${resources.map((resource) => resource.name).join(", ")}`);
      return unwrap(found.inputs) as Record<string, unknown>;
    };
    expect(inputs("gitlab/busy/ops-prod").forkedFromProjectId).toBeUndefined();
    expect(inputs("gitlab/busy/ops-dev").forkedFromProjectId).toEqual(expect.any(Number));
    expect(inputs("gitlab/busy/ops-prod-main")).toMatchObject({
      pushAccessLevel: "no one",
      mergeAccessLevel: "maintainer",
    });
    expect(inputs("gitlab/busy/ops-dev-main")).toMatchObject({
      pushAccessLevel: "developer",
      mergeAccessLevel: "developer",
    });
    expect(inputs("gitlab/busy/ops-prod-delivery")).toMatchObject({
      scopes: ["read_repository"],
      expiresAt: "2027-11-01T00:00:00.000Z",
    });
    expect(inputs("vault/busy-pipelines-role")).toMatchObject({
      boundClaims: {
        project_path: ["web", "worker", "ops-dev"].map((project) => `platform/tenants/busy/${project}`).join(","),
        ref_protected: "true",
      },
    });
    // Only what is promoted from runs the pipeline that can propose, and its credential reaches the target alone.
    expect(inputs("gitlab/busy/ops-dev").ciConfigPath).toMatch(/^promotion\.yml@.*:main$/);
    expect(inputs("gitlab/busy/ops-prod").ciConfigPath).toBeUndefined();
    expect(inputs("gitlab/busy/ops-prod-promotion")).toMatchObject({ accessLevel: "developer", scopes: ["api"] });
  });

  it("has robots that expire, for its own project", async () => {
    const robots = (await raised()).filter(({ type }) => type === "harbor:index/robotAccount:RobotAccount");
    expect(robots.map(({ name }) => name).sort()).toEqual([
      "registry/acme-busy-robot-ci",
      "registry/acme-busy-robot-pull-dev",
      "registry/acme-busy-robot-pull-prod",
    ]);
    for (const { inputs } of robots) {
      expect(unwrap(inputs)).toMatchObject({
        level: "project",
        duration: 90,
        permissions: [{ kind: "project", namespace: "acme-busy" }],
      });
    }
  });

  it("has no credential in clear", async () => {
    const kept = (await raised()).filter(({ type }) => type === "vault:kv/secretV2:SecretV2");
    expect(kept.map(({ name }) => name).sort()).toEqual([
      "vault/busy/ci/credentials",
      "vault/busy/dev/delivery",
      "vault/busy/prod/delivery",
    ]);
    for (const { inputs } of kept) {
      expect(inputs.dataJson).toBeUndefined();
      expect(inputs.dataJsonWo).toMatchObject({
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      });
    }
  });
});

describe("a tenant on its way out", () => {
  it("keeps its projects and images, and no credential to them", async () => {
    const leaving = tenant("leaving", { applications: [{ name: "web" }], lifecycle: { state: "retiring" } });
    const resources = await record(() => new Estate("acme", { plan: plan([leaving]), access }, {}));
    const types = resources.filter(({ parent }) => parent.includes("estate:index:Tenant")).map(({ type }) => type);
    expect(types).toContain("gitlab:index/project:Project");
    expect(types).toContain("harbor:index/project:Project");
    for (const credential of [
      "projectDeployToken",
      "projectAccessToken",
      "robotAccount",
      "secretV2",
      "authBackendRole",
      "projectHook",
    ]) {
      expect(types.filter((type) => type.includes(credential))).toEqual([]);
    }
  });
});
