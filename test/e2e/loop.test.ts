import { isRecord, type Manifest } from "@estate/clients";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployment } from "../../scripts/live/deployment";
import { GitLabSide } from "../../scripts/live/gitlab";
import { LiveEstate, LiveHome } from "../../scripts/live/home";
import { runPipeline } from "../../scripts/live/pipeline";
import { OciClient } from "../sandbox/harbor/oci-client";
import { TestProject } from "../support/project";
import { tarball } from "../support/tar";
import { eventually } from "../support/wait";

// What a tenant pushes to its repository comes to its namespace: by Flux's and External Secrets' real controllers.

const file = [
  "team-a",
  "applications: [{ name: web, imageUpdates: { range: ^1.x-0 } }]",
  "notifications: [{ kind: generic, severity: info }]",
] as const;

let project: TestProject;
let live: LiveEstate;
let dev: LiveHome;
let prod: LiveHome;
let alerts: Server;
const told: Record<string, unknown>[] = [];

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant(...file);
  project.tenant("team-ab", "applications: [{ name: web }]");
  live = new LiveEstate(project.sandbox, "acme/tenants");
  dev = new LiveHome(live, "team-a", "dev");
  prod = new LiveHome(live, "team-a", "prod");
  alerts = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const event: unknown = JSON.parse(body);
      if (isRecord(event)) told.push(event);
      response.end();
    });
  });
  await new Promise<void>((resolve) => alerts.listen(0, "127.0.0.1", resolve));
  await project.succeed("up", "--yes", "--skip-preview");
});

afterAll(async () => {
  live.close();
  alerts.close();
  await project.end();
});

const registryHost = (): string => new URL(project.sandbox.harbor.url).host;

const web = () => dev.at("apps/v1", "Deployment", "web");

const kept = async (path: string): Promise<Readonly<Record<string, string>>> => {
  const data = (await live.vault.read(`acme/data/${path}`))?.data["data"];
  return Object.fromEntries(Object.entries(isRecord(data) ? data : {}).map(([key, value]) => [key, String(value)]));
};

/** Annotation by which the receiver asks for a source to be fetched. */
const asked = (object: Manifest | undefined): string =>
  object?.metadata.annotations?.["reconcile.fluxcd.io/requestedAt"] ?? "";

describe("what is pushed to dev", () => {
  it("appears, goes when it is removed, and comes back when that is reverted", async () => {
    const source = dev.at("source.toolkit.fluxcd.io/v1", "GitRepository", "operations");
    await dev.says(source, /^True /, 120_000);
    // A call that nobody takes makes GitLab hold its hook back for a minute.
    await dev.says(dev.at("notification.toolkit.fluxcd.io/v1", "Receiver", "operations"), /^True /, 120_000);
    const before = asked(await dev.find(source));
    await dev.commit({
      "kustomization.yaml": "resources: [base]\n",
      "base/kustomization.yaml": "resources: [web.yaml]\n",
      "base/web.yaml": deployment({ name: "web", image: `${registryHost()}/acme-team-a/web:1.0.0`, note: "loop" }),
    });
    const took = await dev.appears(web());
    // The webhook said so, through TLS and the receiver: its interval is a minute.
    expect(asked(await dev.find(source))).not.toBe(before);
    process.stdout.write(`commit to object: ${String(took)} ms\n`);
    await dev.commit({ "base/kustomization.yaml": "resources: []\n", "base/web.yaml": undefined });
    await dev.vanishes(web());
    await dev.revert();
    await dev.appears(web());
  });

  it("comes to prod by promotion, when an owner merges it and not before", async () => {
    const runs = await runPipeline(live.gitlab, dev.project);
    expect(runs).toMatchObject([{ name: "promote-dev-to-prod", code: 0 }]);
    const opened = await live.gitlab.api("GET", `${GitLabSide.project(prod.project)}/merge_requests?state=opened`);
    const [request] = Array.isArray(opened) ? opened.filter(isRecord) : [];
    const there = prod.at("apps/v1", "Deployment", "web");
    expect(await prod.find(there)).toBeUndefined();
    const owner = await live.person("team-a", "owners");
    await live.gitlab.api(
      "PUT",
      `${GitLabSide.project(prod.project)}/merge_requests/${String(request?.["iid"])}/merge`,
      {},
      owner.password,
    );
    await prod.appears(there);
  });

  it("is told to the address that the tenant keeps in Vault, about its own objects only", async () => {
    const port = (alerts.address() as { readonly port: number }).port;
    await live.vault.write("acme/data/team-a/dev/notifications", {
      data: { address: `http://127.0.0.1:${String(port)}/` },
    });
    const secret = dev.at("external-secrets.io/v1", "ExternalSecret", "notify-generic");
    await dev.cluster.patch(secret, { metadata: { annotations: { "force-sync": String(Date.now()) } } });
    await dev.says(secret, /^True SecretSynced/);
    await live.gitlab.api("GET", "version");
    await dev.commit({
      "base/more.yaml": "{ apiVersion: v1, kind: ConfigMap, metadata: { name: more } }\n",
      "base/kustomization.yaml": "resources: [web.yaml, more.yaml]\n",
    });
    await dev.appears(dev.at("v1", "ConfigMap", "more"));
    await eventually("an alert about the Kustomization", 60_000, () =>
      Promise.resolve({
        done: told.some(({ involvedObject }) => isRecord(involvedObject) && involvedObject["kind"] === "Kustomization"),
        seen: JSON.stringify(told.slice(-3)),
      }),
    );
    for (const { involvedObject, metadata } of told) {
      expect(involvedObject).toMatchObject({ namespace: "team-a-dev" });
      expect(metadata).toMatchObject({ tenant: "team-a", environment: "dev", cluster: "dev" });
    }
  });
});

describe("image updates", () => {
  const layer = Buffer.from("a layer");
  const file = "images/kustomization.yaml";
  const component = (tag: string): string =>
    `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n  - name: ${registryHost()}/acme-team-a/web\n    newTag: ${tag} # {"$imagepolicy": "team-a-dev:web:tag"}\n`;

  const pushes = async (tag: string): Promise<void> => {
    const { username = "", password = "" } = await kept("team-a/ci/credentials");
    const client = new OciClient(project.sandbox.harbor.url, { username, password });
    expect((await client.pushImage("acme-team-a/web", tag, Buffer.concat([layer, Buffer.from(tag)]))).status).toBe(201);
    // Its own interval is a minute.
    await dev.cluster.patch(dev.at("image.toolkit.fluxcd.io/v1", "ImageRepository", "web"), {
      metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() } },
    });
  };

  it("a version in range is committed at its marker and reaches dev; one outside is not; prod never moves by itself", async () => {
    await dev.commit({
      "kustomization.yaml": "resources: [base]\ncomponents: [images]\n",
      [file]: component("1.0.0"),
    });
    const image = (object: Manifest): string => JSON.stringify(object["spec"]);
    await pushes("2.0.0");
    await pushes("1.2.0-7");
    await dev.appears(web(), 120_000, (object) => image(object).includes("acme-team-a/web:1.2.0-7"));
    expect(await live.gitlab.file(dev.project, file)).toContain('newTag: 1.2.0-7 # {"$imagepolicy"');
    const policy = await dev.find(dev.at("image.toolkit.fluxcd.io/v1", "ImagePolicy", "web"));
    expect(policy?.["status"]).toMatchObject({ latestRef: { tag: "1.2.0-7" } });
    const inProd = await prod.find(prod.at("apps/v1", "Deployment", "web"));
    expect(JSON.stringify(inProd?.["spec"])).toContain("acme-team-a/web:1.0.0");
    await expect(live.gitlab.file(prod.project, file)).rejects.toThrow("404");
  });
});

describe("secrets", () => {
  const own = () => dev.at("external-secrets.io/v1", "ExternalSecret", "own");
  const manifest = (name: string, store: string, key: string): string => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name} }
spec:
  refreshInterval: 2s
  secretStoreRef: { kind: SecretStore, name: ${store} }
  target: { name: ${name} }
  data: [{ secretKey: value, remoteRef: { key: ${key}, property: value } }]
`;
  const value = async (): Promise<string> => {
    const found = await dev.find(dev.at("v1", "Secret", "own"));
    const data: unknown = found?.["data"];
    return isRecord(data) ? Buffer.from(String(data["value"]), "base64").toString() : "no Secret";
  };

  it("a secret at the tenant's path arrives as a Secret, and follows a change", async () => {
    await live.vault.write("acme/data/team-a/dev/own", { data: { value: "first" } });
    await dev.commit({
      "base/own.yaml": manifest("own", "vault", "team-a/dev/own"),
      "base/kustomization.yaml": "resources: [web.yaml, more.yaml, own.yaml]\n",
    });
    await dev.says(own(), /^True SecretSynced/);
    expect(await value()).toBe("first");
    await live.vault.write("acme/data/team-a/dev/own", { data: { value: "second" } });
    await eventually("the changed value", 60_000, async () => {
      const seen = await value();
      return { done: seen === "second", seen };
    });
  });

  it("the value of a secret that the tenant's file names stands in its manifests, in Base64, and follows a change", async () => {
    // What would break a manifest: a quote, a line, a dollar.
    const keep = (password: string) =>
      live.vault.write("acme/data/team-a/dev/mail-relay", { data: { "pass.word": password } });
    await keep('first "quoted"\n$second');
    project.tenant(...file, "reconciliation: { secretValues: [mail-relay] }");
    await project.succeed("up", "--yes", "--skip-preview");
    await dev.commit({
      "base/values.yaml":
        "{ apiVersion: v1, kind: ConfigMap, metadata: { name: values }, data: { relay: '${mail_relay_pass_word}' } }\n",
      "base/kustomization.yaml": "resources: [web.yaml, more.yaml, own.yaml, values.yaml]\n",
    });
    const delivered = async (): Promise<string> => {
      const data: unknown = (await dev.find(dev.at("v1", "ConfigMap", "values")))?.["data"];
      return isRecord(data) ? Buffer.from(String(data["relay"]), "base64").toString() : "no ConfigMap";
    };
    const awaits = (expected: string) =>
      eventually(`the value ${JSON.stringify(expected)}`, 90_000, async () => {
        const seen = await delivered();
        return { done: seen === expected, seen };
      });
    await awaits('first "quoted"\n$second');
    await keep("third");
    // Vault is asked every five minutes; a person may ask at once.
    const brought = dev.at("external-secrets.io/v1", "ExternalSecret", "delivery-values");
    await dev.cluster.patch(brought, { metadata: { annotations: { "force-sync": "now" } } });
    await awaits("third");
  });

  it("the Git credential and the pull secret travel this way", async () => {
    const delivery = await kept("team-a/dev/delivery");
    for (const [name, key, property] of [
      ["git-credentials", "password", "password"],
      ["image-pull", ".dockerconfigjson", "dockerconfigjson"],
    ] as const) {
      const data: unknown = (await dev.find(dev.at("v1", "Secret", name)))?.["data"];
      expect(Buffer.from(String(isRecord(data) ? data[key] : ""), "base64").toString()).toBe(delivery[property]);
    }
  });

  it("another tenant's path gives nothing, with Vault's own reason", async () => {
    await live.vault.write("acme/data/team-ab/dev/own", { data: { value: "theirs" } });
    await dev.commit({
      "base/theirs.yaml": manifest("theirs", "vault", "team-ab/dev/own"),
      "base/kustomization.yaml": "resources: [web.yaml, more.yaml, own.yaml, theirs.yaml]\n",
    });
    const theirs = dev.at("external-secrets.io/v1", "ExternalSecret", "theirs");
    await dev.says(theirs, /^False SecretSyncedError/);
    const { items } = await dev.cluster.list("v1", "Event", { namespace: "team-a-dev" });
    const reasons = items
      .map((event) => String(event["message"]))
      .filter((message) => message.includes("team-ab/dev/own"));
    expect(reasons.join("\n")).toMatch(/Code: 403[^]*permission denied/);
    expect(await dev.find(dev.at("v1", "Secret", "theirs"))).toBeUndefined();
    await dev.commit({
      "base/theirs.yaml": undefined,
      "base/kustomization.yaml": "resources: [web.yaml, more.yaml, own.yaml]\n",
    });
    await dev.vanishes(theirs);
  });
});

describe("a chart in the tenant's registry project", () => {
  const release = (name = "greeter") => dev.at("helm.toolkit.fluxcd.io/v2", "HelmRelease", name);
  const chart = { apiVersion: "v2", name: "greeter", version: "1.0.0" };
  /** A chart of one ConfigMap, whose namespace is the release's or the one that the values name. */
  const archive = (): Buffer =>
    tarball({
      "greeter/Chart.yaml": JSON.stringify(chart),
      "greeter/values.yaml": "greeting: hello\n",
      "greeter/templates/greeting.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}", namespace: "{{ .Values.namespace | default .Release.Namespace }}" }
data: { said: "{{ .Values.greeting }}" }
`,
    });
  const source = (): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: greeter }
spec:
  interval: 1h
  url: oci://${registryHost()}/acme-team-a/greeter
  insecure: true
  ref: { semver: ^1 }
  secretRef: { name: image-pull }
  layerSelector: { mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip, operation: copy }
`;
  const manifest = (name: string, spec: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${name} }
spec:
  interval: 1h
  serviceAccountName: reconciler
  chartRef: { kind: OCIRepository, name: greeter }
${spec}`;
  const files = (...more: readonly string[]): string =>
    `resources: [${["web.yaml", "more.yaml", "own.yaml", ...more].join(", ")}]\n`;
  const commit = (spec: string): Promise<string> =>
    dev.commit({
      "base/kustomization.yaml": files("chart.yaml", "greeter.yaml"),
      "base/chart.yaml": source(),
      "base/greeter.yaml": manifest("greeter", spec),
    });
  const said = (text: string) => (object: Manifest) => isRecord(object["data"]) && object["data"]["said"] === text;

  it("installs and upgrades as the tenant's reconciler", async () => {
    const { username = "", password = "" } = await kept("team-a/ci/credentials");
    const client = new OciClient(project.sandbox.harbor.url, { username, password });
    const pushed = await client.pushChart("acme-team-a/greeter", "1.0.0", chart, archive());
    expect(pushed).toMatchObject({ status: 201 });
    await commit("  values: { greeting: good morning }\n");
    const greeting = dev.at("v1", "ConfigMap", "greeter");
    await dev.appears(greeting, 120_000, said("good morning"));
    await dev.says(release(), /^True InstallSucceeded/);
    const made = await dev.find(greeting);
    expect(made?.metadata.labels).toMatchObject({ "helm.toolkit.fluxcd.io/namespace": "team-a-dev" });
    await commit("  values: { greeting: good night }\n");
    await dev.appears(greeting, 120_000, said("good night"));
  });

  it("is refused where another tenant is: by the guardrail, and what the chart says by the API server", async () => {
    const operations = dev.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "operations");
    await commit("  targetNamespace: team-ab-dev\n");
    await dev.says(operations, /^False .*targetNamespace may name no namespace but its own/, 120_000);

    await dev.commit({
      "base/kustomization.yaml": files("chart.yaml", "greeter.yaml", "escape.yaml"),
      "base/greeter.yaml": manifest("greeter", "  values: { greeting: good night }\n"),
      "base/escape.yaml": manifest("escape", "  values: { namespace: team-ab-dev }\n"),
    });
    await dev.says(
      release("escape"),
      /^False .*User "system:serviceaccount:team-a-dev:reconciler" cannot .* resource "configmaps" in API group "" in the namespace "team-ab-dev"/,
      120_000,
    );
    const theirs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "escape", namespace: "team-ab-dev" } };
    expect(await dev.cluster.find(theirs)).toBeUndefined();
    await dev.says(release(), /^True /);
    await dev.commit({ "base/kustomization.yaml": files("chart.yaml", "greeter.yaml"), "base/escape.yaml": undefined });
    await dev.vanishes(release("escape"), 120_000);
  });
});

describe("after all of this", () => {
  it("Pulumi has nothing to say: nobody fights over a field", async () => {
    const kustomization = dev.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "operations");
    const release = dev.at("helm.toolkit.fluxcd.io/v2", "HelmRelease", "greeter");
    const suspend = async (on: boolean): Promise<void> => {
      for (const delivery of [kustomization, release]) await dev.cluster.patch(delivery, { spec: { suspend: on } });
    };
    const clean = () => project.succeed("preview", "--refresh", "--expect-no-changes");
    await suspend(true);
    const { dir } = await live.gitlab.clone("acme/tenants/team-a/web", await live.person("team-a", "developers"));
    const pipeline = readFileSync(join(dir, ".gitlab-ci.yml"), "utf8");
    const pushed = await live.gitlab.push(dir, { ".gitlab-ci.yml": `${pipeline}lint:\n  script: [make lint]\n` });
    expect(pushed.code, pushed.output).toBe(0);
    await clean();
    // An update leaves it alone, too: it is the people's.
    project.tenant(...file, 'costCenter: "1"');
    await project.succeed("up", "--yes", "--skip-preview");
    expect((await dev.find(kustomization))?.["spec"]).toMatchObject({ suspend: true });
    expect(await live.gitlab.file("acme/tenants/team-a/web", ".gitlab-ci.yml")).toContain("make lint");
    expect((await dev.find(release))?.["spec"]).toMatchObject({ suspend: true });
    // A rotated secret, too, is nobody's business but External Secrets'.
    await live.vault.write("acme/data/team-a/dev/own", { data: { value: "third" } });
    await suspend(false);
    await dev.says(release, /^True /);
    await clean();
  });
});
