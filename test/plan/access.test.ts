import { describe, expect, it } from "vitest";
import { tenantRoles } from "../../plan/access";
import { plan, tenant } from "../support/fixtures";

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const rulesOf = (name: string): readonly Rule[] => {
  const role = tenantRoles().find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === name);
  if (role === undefined) throw new Error(`no ClusterRole ${name}`);
  return role["rules"] as unknown as readonly Rule[];
};

/** Role of each group in the namespace, as the bindings say and as the access matrix says. */
function access(isolation: "namespace" | "vcluster", state = "active") {
  const [own] = plan([tenant("team-a", { isolation, lifecycle: { state } })]).tenants;
  const bound = (own?.homes ?? []).flatMap(({ objects }) =>
    objects
      .filter(({ kind, metadata }) => kind === "RoleBinding" && /^(owners|developers|operations)$/.test(metadata.name))
      .map(
        ({ metadata, roleRef }) => `${metadata.namespace ?? ""} ${metadata.name} ${(roleRef as { name: string }).name}`,
      ),
  );
  const matrix = (own?.access ?? []).map(({ group, role, namespace, vcluster }) => ({
    group,
    role,
    namespace,
    vcluster,
  }));
  return { bound, matrix };
}

describe("people of a tenant with a virtual cluster", () => {
  const { bound, matrix } = access("vcluster");

  it("look at the namespace that holds it, and operations suspend its delivery", () => {
    expect(bound).toEqual([
      "team-a-dev owners tenant-view",
      "team-a-dev developers tenant-view",
      "team-a-dev operations tenant-suspend",
      "team-a-prod owners tenant-view",
      "team-a-prod developers tenant-view",
      "team-a-prod operations tenant-suspend",
    ]);
  });

  it.each(["tenant-view", "tenant-suspend"])("have by %s no way into its control plane", (name) => {
    const rules = rulesOf(name);
    const resources = rules.flatMap((rule) => rule.resources);
    expect(resources).not.toContain("secrets");
    expect(resources.filter((resource) => /^pods\/(?!log$|status$)/.test(resource))).toEqual([]);
    const writing = rules.filter((rule) => rule.verbs.some((verb) => !["get", "list", "watch"].includes(verb)));
    expect(writing.flatMap((rule) => rule.resources)).toEqual(
      name === "tenant-suspend" ? ["helmreleases", "kustomizations"] : [],
    );
    expect(new Set(writing.flatMap((rule) => rule.verbs))).toEqual(new Set(name === "tenant-suspend" ? ["patch"] : []));
  });

  it("are in the access matrix with both: the namespace, and what they have inside", () => {
    expect(
      matrix.map(({ group, role, namespace, vcluster }) => `${group} ${role} ${vcluster ?? `host:${namespace}`}`),
    ).toEqual([
      "team-a-owners tenant-view host:team-a-dev",
      "team-a-owners cluster-admin team-a-dev",
      "team-a-developers tenant-view host:team-a-dev",
      "team-a-developers cluster-admin team-a-dev",
      "team-a-operations tenant-suspend host:team-a-dev",
      "team-a-operations view team-a-dev",
      "team-a-operations operate team-a-dev",
      "team-a-owners tenant-view host:team-a-prod",
      "team-a-owners view team-a-prod",
      "team-a-developers tenant-view host:team-a-prod",
      "team-a-developers view team-a-prod",
      "team-a-operations tenant-suspend host:team-a-prod",
      "team-a-operations view team-a-prod",
      "team-a-operations operate team-a-prod",
    ]);
  });

  it("only look, inside and outside, while the tenant is suspended, and have nothing while it retires", () => {
    const suspended = access("vcluster", "suspended");
    expect(new Set(suspended.matrix.map(({ role }) => role))).toEqual(new Set(["tenant-view", "view"]));
    expect(access("vcluster", "retiring")).toEqual({ bound: [], matrix: [] });
  });
});

describe("people of a tenant with a namespace", () => {
  it("have in the access matrix what the bindings give, and nothing inside a virtual cluster", () => {
    const { bound, matrix } = access("namespace");
    expect(matrix.map(({ group, role, namespace }) => `${namespace} ${group.replace("team-a-", "")} ${role}`)).toEqual(
      bound,
    );
    expect(matrix.every(({ vcluster }) => vcluster === undefined)).toBe(true);
  });
});

describe("Helm's records of the platform's releases", () => {
  it("are for identities of the platform's namespace", () => {
    const objects = plan([]).clusters.flatMap(({ platform }) => platform.objects);
    const [role, binding] = objects.filter(({ metadata }) => metadata.name === "vcluster-releases");
    expect(role).toMatchObject({ kind: "Role", metadata: { namespace: "flux-system" } });
    expect(binding).toMatchObject({
      kind: "RoleBinding",
      metadata: { namespace: "flux-system" },
      subjects: [{ kind: "Group", name: "system:serviceaccounts:flux-system" }],
    });
  });
});
