import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { handedOver, installingSettings } from "../support/control-plane";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

const raise = (own = installingSettings()): Promise<readonly Registration[]> =>
  record(() => new Estate("acme", { plan: plan([tenant("team-a")], own), access, secrets: handedOver }, {}));

/** All that a resource depends on, directly and through others. */
function before(resources: readonly Registration[], name: string): Set<string> {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const seen = new Set<string>();
  const visit = (urn: string): void => {
    const resource = byUrn.get(urn);
    if (resource === undefined || seen.has(resource.name)) return;
    seen.add(resource.name);
    for (const dependency of resource.dependencies) visit(dependency);
    // A provider's configuration is an input of everything that it makes.
    const provider = resource.provider.replace(/::[^:]*$/, "");
    if (provider !== "") visit(provider);
  };
  const start = resources.find((resource) => resource.name === name);
  if (start === undefined)
    throw new Error(`no resource ${name}; there are ${resources.map((one) => one.name).join(", ")}`);
  visit(start.urn);
  return seen;
}

describe("an estate that installs its services", () => {
  let resources: readonly Registration[] = [];
  const byName = (name: string | RegExp): Registration => {
    const found = resources.find((resource) =>
      typeof name === "string" ? resource.name === name : name.test(resource.name),
    );
    if (found === undefined)
      throw new Error(`no resource ${String(name)}; there are ${resources.map((one) => one.name).join(", ")}`);
    return found;
  };
  const inputs = (name: string | RegExp): Record<string, unknown> =>
    unwrap(byName(name).inputs) as Record<string, unknown>;
  const jobOf = (purpose: string): string => byName(new RegExp(`/Job/${purpose}-`)).name;

  beforeAll(async () => {
    resources = await raise();
  });

  it("writes them on the control plane, after its engine and its guardrails", () => {
    for (const service of ["vault", "gitlab", "harbor"]) {
      const release = byName(`control-plane/release/${service}`);
      expect(release.provider).toContain("::control-plane-provider::");
      const first = before(resources, release.name);
      expect(first).toContain("control-plane/flux-system/ResourceSet/control-plane");
      expect(first).toContain("control-plane/flux-system/ConfigMap/cluster-values");
      expect(first).toContain(`control-plane/Namespace/${service}`);
    }
  });

  it("waits for their pods, and for those of nothing else", () => {
    const releases = resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
    const waited = releases.filter(({ inputs: { skipAwait } }) => skipAwait === false).map(({ name }) => name);
    expect(waited.sort()).toEqual(["gitlab", "harbor", "vault"].map((name) => `control-plane/release/${name}`));
    expect(inputs("control-plane/release/gitlab")).toMatchObject({ timeout: 1800, waitForJobs: true });
  });

  it("tells each provider its address once the Job is done that makes its credential work", () => {
    for (const [provided, job] of [
      ["vault-secrets", "vault-bootstrap"],
      ["gitlab-platform", "gitlab-token"],
      ["registry/acme-team-a-project", "harbor-ready"],
    ] as const) {
      const first = before(resources, provided);
      expect(first, provided).toContain(jobOf(job));
    }
    expect(inputs("vault-provider")).toMatchObject({
      address: "https://vault.control-plane.platform.example.com",
      skipChildToken: "true",
    });
    expect(inputs("gitlab-provider")).toMatchObject({
      baseUrl: "https://gitlab.control-plane.platform.example.com/",
      token: "glpat-made",
    });
    expect(inputs("harbor-provider")).toMatchObject({
      url: "https://harbor.control-plane.platform.example.com",
      username: "admin",
      password: "made",
      insecure: "false",
    });
    expect(before(resources, "control-plane/release/gitlab")).toContain(jobOf("gitlab-extensions"));
  });

  it("keeps every secret out of clear, of releases, and of arguments", () => {
    const signature = "4dabf18193072939515e22adb298388d";
    for (const { type, name, inputs: given } of resources.filter(({ type }) => type === "kubernetes:core/v1:Secret")) {
      expect((given["data"] as Record<string, unknown>)[signature], `${type} ${name}`).toBeDefined();
    }
    const clear = JSON.stringify(
      resources
        .filter(({ type }) => type !== "kubernetes:core/v1:Secret" && !type.startsWith("pulumi:providers:"))
        .map(({ inputs: given }) => withoutSecrets(given)),
    );
    for (const value of Object.values(handedOver)) expect(clear).not.toContain(value);
    const jobs = resources.filter(({ type }) => type === "kubernetes:batch/v1:Job");
    expect(jobs.length).toBe(4);
    for (const job of jobs) expect(JSON.stringify(job.inputs)).not.toMatch(/handed-|glpat-|"made"/);
  });

  it("gives Harbor and Rails keys that no later run makes anew, and protects them with the rest", async () => {
    const guarded = (await raise(installingSettings({ protect: true })))
      .filter(({ protect }) => protect)
      .map(({ name }) => name);
    for (const name of ["registry-service-encryption", "gitlab-service-rails-columns", "gitlab-service-rails-signer"])
      expect(guarded).toContain(name);
    expect(guarded).toContain("control-plane/gitlab/Secret/gitlab-rails");
  });

  it("runs a runner for all projects, with a token that GitLab makes once it takes ours", () => {
    const first = before(resources, "control-plane/release/gitlab-runner");
    expect(first).toContain("control-plane/gitlab-runner/Secret/gitlab-runner");
    expect(first).toContain(jobOf("gitlab-token"));
    expect(inputs("control-plane/release/gitlab-runner")).toMatchObject({
      skipAwait: true,
      values: { gitlabUrl: "https://gitlab.control-plane.platform.example.com/", concurrent: 10 },
    });
  });

  it("names an object by its cluster, like all others, under a component", () => {
    const own = resources.filter(({ parent }) => /estate:index:(Vault|GitLab|Harbor)Service::/.test(parent));
    expect(own.length).toBeGreaterThan(40);
    for (const { type, provider, name } of own.filter(({ custom }) => custom)) {
      expect(provider, name).not.toBe("");
      if (type.startsWith("kubernetes:")) expect(name).toMatch(/^control-plane\//);
    }
  });

  it("makes another token, and another Job, for another day", async () => {
    const later = await raise(installingSettings({ credentials: { issued: "2026-12-01" } }));
    const names = (all: readonly Registration[], purpose: string) =>
      all.filter(({ name }) => name.includes(`/Job/${purpose}-`)).map(({ name }) => name);
    expect(names(later, "gitlab-token")).not.toEqual(names(resources, "gitlab-token"));
    expect(names(later, "vault-bootstrap")).toEqual(names(resources, "vault-bootstrap"));
    const token = later.find(({ name }) => name === "gitlab-service-token");
    expect(token?.inputs["keepers"]).toEqual({ expires: "2027-12-01" });
  });
});

/** Inputs without what is marked secret. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("4dabf18193072939515e22adb298388d" in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

describe("OpenUnison", () => {
  const own = installingSettings({
    identity: { kind: "openunison", upstream: { issuer: "https://login.example.com", clientId: "estate" } },
  });

  it("comes up on the control plane, then on the others, each release after the one before", async () => {
    const resources = await raise(own);
    const first = before(resources, "dev/release/kube-oidc-proxy");
    for (const name of [
      "dev/release/openunison",
      "dev/release/orchestra",
      "dev/release/orchestra-login-portal",
      "control-plane/release/orchestra-login-portal",
      "control-plane/release/kube-oidc-proxy",
      "control-plane/openunison/Secret/orchestra-secrets-source",
    ])
      expect(first).toContain(name);
    expect(before(resources, "control-plane/openunison/Trust/gitlab")).toContain("control-plane/release/orchestra");
    expect(resources.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["control-plane/release/satellite-dev", "control-plane/release/satellite-prod"]),
    );
  });
});

describe("an estate that brings its services along", () => {
  it("makes nothing of theirs", async () => {
    const resources = await record(
      () => new Estate("acme", { plan: plan([tenant("team-a")], settings()), access }, {}),
    );
    expect(resources.filter(({ type }) => /Service$|ControlPlane$|batch\/v1:Job/.test(type))).toEqual([]);
    expect(resources.filter(({ name }) => name === "tls-provider")).toEqual([]);
  });
});
