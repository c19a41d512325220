import { describe, expect, it } from "vitest";
import { protectedData } from "../../policy/rules/protected-data";
import { secretMarks } from "../../policy/rules/secret-marks";
import { behindFloors, versionFloors } from "../../policy/rules/version-floors";
import { wildcards } from "../../policy/rules/wildcards";
import { reports, secret, unknown, type Given } from "./support";

describe("secret-marks", () => {
  const variable = (value: unknown): Given => ({
    type: "gitlab:index/projectVariable:ProjectVariable",
    name: "variable",
    props: { key: "DEPLOY", value },
  });
  const secretOf = (data: unknown): Given => ({ type: "kubernetes:core/v1:Secret", name: "own", props: { data } });
  const told = (...resources: readonly Given[]): Promise<string[]> => reports(secretMarks(), ...resources);

  it("refuses a variable's value in clear, and takes one that is marked", async () => {
    expect(await told(variable("planted"))).toEqual([
      "value of variable is a secret in clear, and so it would be in the state: wrap it in pulumi.secret()",
    ]);
    expect(await told(variable(secret("planted")))).toEqual([]);
  });

  it("says no value", async () => {
    expect((await told(variable("planted"), secretOf({ key: "planted" }))).join()).not.toContain("planted");
  });

  it("takes a Secret whose data are marked as a whole or each, and refuses one of several in clear", async () => {
    expect(await told(secretOf(secret({ a: "x" })))).toEqual([]);
    expect(await told(secretOf({ a: secret("x"), b: secret("y") }))).toEqual([]);
    expect(await told(secretOf({ a: secret("x"), b: "y" }))).toHaveLength(1);
  });

  it("waits for what a preview does not know yet", async () => {
    expect(await told(variable(unknown))).toEqual([]);
    expect(await told(secretOf({ a: unknown, b: secret("y") }))).toEqual([]);
    expect(await told(secretOf({ a: unknown, b: "y" }))).toHaveLength(1);
  });

  it("knows keys and tokens in clear by their form, in any resource", async () => {
    const values = (value: unknown): Given => ({
      type: "kubernetes:helm.sh/v3:Release",
      name: "release",
      props: { values: { list: [{ token: value }] } },
    });
    for (const credential of [
      "-----BEGIN RSA PRIVATE KEY-----\nMII",
      `glpat-${"x".repeat(20)}`,
      `Bearer hvs.${"x".repeat(24)}`,
    ]) {
      expect(await told(values(credential)), credential).toEqual([
        expect.stringContaining("values.list.0.token of release is a secret in clear"),
      ]);
      expect(await told(values(secret(credential))), credential).toEqual([]);
    }
    const config = (user: object): string => JSON.stringify({ clusters: [], users: [{ name: "me", user }] });
    const yaml = "clusters: []\nusers:\n  - name: me\n    user:\n      token: planted\n";
    for (const kubeconfig of [config({ token: "planted" }), config({ "client-key-data": "planted" }), yaml])
      expect(await told(values(kubeconfig)), kubeconfig).toHaveLength(1);
    expect(await told(values(config({ exec: { command: "aws", args: ["eks", "get-token"] } })))).toEqual([]);
    expect(await told(values("-----BEGIN CERTIFICATE-----\nMII"), values("glpat-short"))).toEqual([]);
  });
});

describe("protected-data", () => {
  const estate = (protect: boolean): Given => ({ type: "estate:index:Estate", props: { protect } });
  const home = { metadata: { labels: { "estate.dev/tenant": "team-a" } } };
  const beside = { metadata: { labels: { "estate.dev/data-of": "team-a-dev" } } };
  const data: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ["aws:rds/instance:Instance", {}, "a database"],
    ["aws:s3/bucket:Bucket", {}, "objects"],
    ["gitlab:index/project:Project", { path: "ops-prod" }, "a repository with its history"],
    ["vault:index/mount:Mount", { type: "kv" }, "tenants' secrets"],
    ["kubernetes:core/v1:Namespace", home, "a home and all volumes that are claimed in it"],
    ["kubernetes:core/v1:Namespace", beside, "the databases of a home"],
    ["kubernetes:postgresql.cnpg.io/v1:Cluster", {}, "a database"],
  ];

  it("refuses data without protection in a protected estate, and takes it with", async () => {
    for (const [type, props, lost] of data) {
      expect(await reports(protectedData, estate(true), { type, props }), type).toEqual([
        `thing is not protected, and with it goes ${lost}: give it the option protect`,
      ]);
      expect(await reports(protectedData, estate(true), { type, props, protect: true }), type).toEqual([]);
      expect(await reports(protectedData, estate(false), { type, props }), type).toEqual([]);
    }
  });

  it("judges the rest where a preview does not know something yet", async () => {
    const unsure = { type: "kubernetes:core/v1:Namespace", props: { metadata: unknown } };
    const bucket = { type: "aws:s3/bucket:Bucket", props: { arn: unknown } };
    expect(await reports(protectedData, estate(true), unsure, bucket)).toHaveLength(1);
  });

  it("lets go what is no data", async () => {
    const others = [
      { type: "vault:index/mount:Mount", props: { type: "transit" } },
      { type: "gitlab:index/project:Project", props: { path: "gitlab-profile" } },
      { type: "kubernetes:core/v1:Namespace", props: { metadata: { name: "flux-system" } } },
    ];
    expect(await reports(protectedData, estate(true), ...others)).toEqual([]);
  });
});

describe("wildcards", () => {
  const tenants: readonly Given[] = ["team-a", "web"].map((name) => ({
    type: "estate:index:Tenant",
    name: `tenant-${name}`,
  }));
  const told = (given: Given): Promise<string[]> => reports(wildcards, ...tenants, given);
  const project = (namespace: string): Given => ({
    type: "kubernetes:argoproj.io/v1alpha1:AppProject",
    name: "own",
    props: { spec: { sourceNamespaces: [namespace], later: unknown } },
  });
  const policy = (path: string): Given => ({
    type: "vault:index/policy:Policy",
    name: "own",
    props: { policy: `path "${path}" {\n  capabilities = ["read"]\n}\n` },
  });

  it("refuses a wildcard beside a tenant's name, and takes the whole name", async () => {
    for (const bad of ["team-a*", "team-a-*", "team-a-d*", "*-team-a", "*team-a", "pre/team-a*/post"])
      expect((await told(project(bad))).join(), bad).toMatch(
        /^spec\.sourceNamespaces\.0 of own has ".*\*.*", which other tenants' names fit, too: write whole names$/,
      );
    for (const good of ["team-a", "team-a-dev", "team-a/*", "*", "team-ab*", "webhook*"])
      expect(await told(project(good)), good).toEqual([]);
  });

  it("refuses what opens other tenants' folders in Vault", async () => {
    expect(await told(policy("acme/data/+/db"))).toEqual([
      'own opens "acme/data/+/db": a folder is whole names, and "/*" at its end',
    ]);
    for (const bad of ["acme/data/x*", "acme/*/db", "*"]) expect((await told(policy(bad))).join(), bad).toContain(bad);
    for (const good of ["acme/data/team-a/dev/*", "acme/data/team-a/dev/db"])
      expect(await told(policy(good)), good).toEqual([]);
  });

  it("does not look at what gives no rights", async () => {
    expect(
      await told({ type: "gitlab:index/repositoryFile:RepositoryFile", props: { content: "rm team-a*" } }),
    ).toEqual([]);
  });
});

describe("version-floors", () => {
  const workload = (image: string): Given => ({
    type: "kubernetes:apps/v1:Deployment",
    name: "own",
    props: { spec: { template: { spec: { containers: [{ image }] } } } },
  });
  const release = (chart: string, version: string, values: object = {}): Given => ({
    type: "kubernetes:helm.sh/v3:Release",
    name: "own",
    props: { chart, version, values },
  });

  it("refuses images below the floor, by number and not by text", async () => {
    expect(await reports(versionFloors, workload("quay.io/argoproj/argocd:v3.4.9"))).toEqual([
      expect.stringMatching(
        /^own has Argo CD 3\.4\.9 \(spec\.template\.spec\.containers\.0\.image\); below 3\.4\.10 is open: CVE-2026-77459/,
      ),
    ]);
    for (const image of [
      "quay.io/argoproj/argocd:v3.4.10",
      "quay.io/argoproj/argocd:v3.10.0@sha256:0",
      "example.com/other/argocd:v1.0.0",
      "quay.io/argoproj/argocd",
    ])
      expect(await reports(versionFloors, workload(image)), image).toEqual([]);
  });

  it("refuses charts of releases, of Flux and of OCI repositories", async () => {
    const flux = (version: string): Given => ({
      type: "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
      props: { spec: { chart: { spec: { chart: "external-secrets", version } } } },
    });
    const oci = (tag: string): Given => ({
      type: "kubernetes:source.toolkit.fluxcd.io/v1:OCIRepository",
      props: { spec: { url: "oci://example.com/charts/external-secrets", ref: { tag } } },
    });
    for (const [bad, good] of [
      [release("external-secrets", "2.7.0"), release("external-secrets", "2.9.0")],
      [release("oci://example.com/external-secrets", "0.20.4"), release("oci://example.com/external-secrets", "2.8.0")],
      [flux("2.7.0"), flux("2.9.0")],
      [oci("2.7.0"), oci("2.9.0")],
    ] as const) {
      expect((await reports(versionFloors, bad)).join()).toContain("External Secrets");
      expect(await reports(versionFloors, good)).toEqual([]);
    }
  });

  it("refuses a tag that a chart's values set", async () => {
    const argo = (tag: string): Given =>
      release("argo-cd", "9.0.0", { global: { image: { repository: "quay.io/argoproj/argocd", tag } } });
    expect(await reports(versionFloors, argo("v3.1.1"))).toEqual([
      expect.stringContaining("Argo CD 3.1.1 (values.global.image.tag)"),
    ]);
    expect(await reports(versionFloors, argo("v3.5.0"))).toEqual([]);
  });

  it("tells and does not refuse what Estate itself installs below a floor", async () => {
    expect(await reports(versionFloors, release("vault", "0.34.1"))).toEqual([]);
    expect(await reports(behindFloors, release("vault", "0.34.1"))).toEqual([
      expect.stringContaining("own has Vault 2.0.4 (chart); below 2.2.2 is open"),
    ]);
    expect((await reports(behindFloors, release("kyverno", "3.9.1"))).join()).toContain("Kyverno 1.19.1");
    expect(await reports(behindFloors, release("kyverno", "3.9.2"))).toEqual([]);
  });
});
