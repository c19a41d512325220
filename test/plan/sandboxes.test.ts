import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Estate } from "../../components/estate";
import { builtin } from "../../features";
import { defineFeature, type TenantFeature } from "../../features/feature";
import type { KubernetesObject } from "../../model/kubernetes";
import { matches } from "../../model/network/selector";
import { passages } from "../../model/network/reach";
import { accessRowChanges, accessRows } from "../../plan/access-rows";
import { planDifference } from "../../plan/difference";
import { planEstate, type EstatePlan } from "../../plan/plan";
import { networksOf, podsOf } from "../../plan/reach";
import { access, addresses, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

const people = { ada: { user: "oidc:ada@example.com", until: "2027-06-30" }, bob: { user: "oidc:bob@example.com" } };
const withSandboxes = (own: Record<string, unknown> = {}) =>
  settings({
    profiles: { ...settings().profiles, tiny: { quota: { "requests.cpu": "2", pods: "5" } } },
    sandboxes: { cluster: "dev", profile: "tiny", people },
    ...own,
  });
const tenants = [tenant("team-a"), tenant("virtual", { isolation: "vcluster" })];
const planned = plan(tenants, withSandboxes());
const [ada, bob] = planned.sandboxes;
if (ada === undefined || bob === undefined) throw new Error("no sandboxes");

const objects = (own: typeof ada): KubernetesObject[] => [own.home.namespace, ...own.home.objects];

describe("a person's sandbox", () => {
  it("is a namespace on the named cluster with quota, limits, network rules and one person's access, and nothing else", () => {
    expect(ada.home.cluster).toBe("dev");
    expect(objects(ada).map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? "-"} ${metadata.name}`)).toEqual([
      "Namespace - sandbox-ada",
      "ResourceQuota sandbox-ada tenant",
      "LimitRange sandbox-ada tenant",
      "RoleBinding sandbox-ada person",
      "NetworkPolicy sandbox-ada default-deny",
      "NetworkPolicy sandbox-ada allow-dns",
    ]);
    expect(ada.home.objects[0]?.spec).toMatchObject({ hard: { "requests.cpu": "2", pods: "5", secrets: "500" } });
  });

  it("has its person alone: a user with the role of those who change things, no group, no ServiceAccount", () => {
    const bindings = ada.home.objects.filter(({ kind }) => kind === "RoleBinding");
    expect(bindings.map(({ roleRef, subjects }) => ({ roleRef, subjects }))).toEqual([
      {
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "tenant-change" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "oidc:ada@example.com" }],
      },
    ]);
  });

  it("says its last day where it has one", () => {
    expect(ada.home.namespace.metadata.annotations).toMatchObject({ "estate.dev/until": "2027-06-30" });
    expect(Object.keys(bob.home.namespace.metadata.annotations ?? {})).not.toContain("estate.dev/until");
  });

  it("is in no other system: no repository, no registry project, no folder in Vault, no pipeline", () => {
    const without = plan(tenants, withSandboxes({ sandboxes: undefined }));
    expect(planned.tenants).toEqual(without.tenants);
    expect(planned.pipelines).toEqual(without.pipelines);
    expect(without.sandboxes).toEqual([]);
  });

  it("is held by every guardrail that holds a tenant's home", () => {
    const platform = planned.clusters.find(({ name }) => name === "dev")?.platform;
    const selectors = (platform?.guardrails ?? [])
      .filter(({ kind }) => kind === "ValidatingAdmissionPolicy")
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        selector: (spec as { matchConstraints?: { namespaceSelector?: Parameters<typeof matches>[0] } })
          .matchConstraints?.namespaceSelector,
      }));
    expect(selectors.length).toBeGreaterThan(20);
    const holds = (labels: Readonly<Record<string, string>>) =>
      selectors.filter(({ selector = {} }) => matches(selector, labels)).map(({ name }) => name);
    const home = planned.tenants[0]?.homes[0]?.namespace.metadata.labels ?? {};
    expect(holds(ada.home.namespace.metadata.labels ?? {})).toEqual(holds(home));
    // The selectors do tell namespaces apart.
    expect(holds({}).length).toBeLessThan(holds(home).length);
  });

  it("reaches no tenant and no other sandbox, and none of them reaches it", () => {
    const networks = networksOf(planned);
    const homes = [...planned.tenants.flatMap((own) => own.homes), ada.home, bob.home];
    for (const home of homes)
      for (const other of homes) {
        if (home === other || (home !== ada.home && other !== ada.home)) continue;
        for (const one of podsOf(home, "from"))
          for (const two of podsOf(other, "to")) expect(passages(networks, one.pod, two.pod)).toEqual([]);
      }
  });

  it("stands in the platform's part of a difference, and changes no tenant", () => {
    const { tenants: changed, platform } = planDifference(
      plan(tenants, withSandboxes({ sandboxes: { cluster: "dev", profile: "tiny", people: { bob: people.bob } } })),
      planned,
    );
    expect(changed).toEqual([]);
    expect(platform.created).toContain("dev/sandbox-ada/RoleBinding/person");
    expect(platform.deleted).toEqual([]);
  });

  it("is no part of a stack of tenants: its platform's has it", () => {
    expect(plan(tenants, withSandboxes({ scope: "tenants", platform: "prod" })).sandboxes).toEqual([]);
  });
});

describe("the access matrix", () => {
  it("has the three global roles on every cluster, and each person in their sandbox", () => {
    expect(planned.access).toEqual([
      ...["control-plane", "dev", "prod"].flatMap((cluster) => [
        { group: "platform-admins", role: "cluster-admin", cluster },
        { group: "platform-leads", role: "view", cluster },
        { group: "engineering", role: "estate-directory", cluster },
      ]),
      { user: "oidc:ada@example.com", role: "tenant-change", cluster: "dev", namespace: "sandbox-ada" },
      { user: "oidc:bob@example.com", role: "tenant-change", cluster: "dev", namespace: "sandbox-bob" },
    ]);
  });

  it("says of the global roles what the clusters' bindings say", () => {
    const bound = planned.clusters.flatMap(({ name, platform }) =>
      platform.objects
        .filter(({ kind, subjects }) => kind === "ClusterRoleBinding" && JSON.stringify(subjects).includes('"Group"'))
        .flatMap(({ roleRef, subjects }) =>
          (subjects as unknown as { name: string }[]).map(
            (subject) => `${subject.name} ${(roleRef as unknown as { name: string }).name} ${name}`,
          ),
        ),
    );
    const told = planned.access.flatMap((grant) =>
      "group" in grant ? [`${grant.group} ${grant.role} ${grant.cluster}`] : [],
    );
    expect(bound.sort()).toEqual(told.sort());
  });

  it("tells in rows who comes and who goes", () => {
    const { gained, lost } = accessRowChanges(
      accessRows(plan(tenants, withSandboxes({ sandboxes: undefined }))),
      accessRows(planned),
    );
    expect(lost).toEqual([]);
    expect(gained.map(({ tenant: whose, who, may, where }) => `${whose}: ${who} ${may} ${where}`)).toEqual([
      "platform: user oidc:ada@example.com tenant-change dev/sandbox-ada",
      "platform: user oidc:bob@example.com tenant-change dev/sandbox-bob",
    ]);
    expect(accessRows(planned)).toContainEqual({
      tenant: "platform",
      who: "platform-admins",
      may: "cluster-admin",
      plane: "kubernetes",
      where: "all of prod",
    });
  });
});

describe("an adopter's feature that is for sandboxes, too,", () => {
  const feature = (object: (namespace: string) => Record<string, unknown>, inSandboxes = true): TenantFeature =>
    defineFeature({
      key: "extra",
      summary: "an adopter's feature",
      schema: z.string().optional(),
      ...(inSandboxes ? { inSandboxes: true as const } : {}),
      objects: ({ namespace, labels }) => [
        { ...object(namespace), metadata: { name: "extra", namespace, labels } } as KubernetesObject,
      ],
    });
  const planWith = (extra: TenantFeature): EstatePlan =>
    planEstate({ settings: withSandboxes(), tenants: [], features: [...builtin, extra], addresses });
  const configMap = () => ({ apiVersion: "v1", kind: "ConfigMap" });

  it("gives its objects, and one that is not gives none", () => {
    const kinds = (extra: TenantFeature) => planWith(extra).sandboxes[0]?.home.objects.map(({ kind }) => kind);
    expect(kinds(feature(configMap))).toContain("ConfigMap");
    expect(kinds(feature(configMap, false))).not.toContain("ConfigMap");
  });

  it.each([
    [
      "binds somebody else",
      () => ({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        roleRef: { kind: "ClusterRole", name: "tenant-view" },
        subjects: [{ kind: "Group", name: "engineering" }],
      }),
      "sandbox-ada is of oidc:ada@example.com alone, and binds Group engineering",
    ],
    [
      "delivers something",
      () => ({ apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization" }),
      "sandbox-ada/Kustomization/extra: nothing is delivered into a sandbox",
    ],
    [
      "binds a role that is nobody's",
      () => ({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        roleRef: { kind: "ClusterRole", name: "admin" },
        subjects: [{ kind: "User", name: "oidc:ada@example.com" }],
      }),
      "binds ClusterRole admin, which is not a tenant's",
    ],
  ])("is stopped when it %s", (_, object, reason) => {
    expect(() => planWith(feature(object))).toThrow(reason);
  });

  it("is stopped when nothing of the network is said any more", () => {
    expect(() =>
      planEstate({
        settings: withSandboxes(),
        tenants: [],
        features: builtin.filter(({ key }) => key !== "network"),
        addresses,
      }),
    ).toThrow("sandbox-ada has no NetworkPolicy");
  });
});

describe("a sandbox's resources", () => {
  let resources: readonly Registration[] = [];
  let outputs: Estate["outputs"] | undefined;

  beforeAll(async () => {
    resources = await record(() => {
      const estate = new Estate("acme", { plan: planned, access }, {});
      outputs = estate.outputs;
      return estate;
    });
  });

  it("stand below a component of the platform's, on the cluster's own provider, and go without being freed first", () => {
    const own = resources.filter(({ name }) => name.includes("sandbox-ada"));
    expect(own.map(({ name }) => name).sort()).toEqual(
      [
        "sandbox-ada",
        "dev/Namespace/sandbox-ada",
        ...ada.home.objects.map(({ kind, metadata }) => `dev/sandbox-ada/${kind}/${metadata.name}`),
      ].sort(),
    );
    const namespace = own.find(({ name }) => name === "dev/Namespace/sandbox-ada");
    expect(namespace?.provider).toContain("::dev-provider::");
    expect(namespace?.parent).toContain("estate:index:Estate$estate:index:Sandbox::sandbox-ada");
    expect(unwrap(namespace?.inputs)).toMatchObject({ metadata: { labels: { "estate.dev/tenant": "sandbox-ada" } } });
  });

  it("show in the stack's outputs who has which role", () => {
    expect(outputs?.platformAccess).toEqual(planned.access);
    expect(Object.keys(outputs?.tenants ?? {})).toEqual(["team-a", "virtual"]);
  });
});
