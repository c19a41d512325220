import type { Manifest } from "@estate/clients";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { receiverHost } from "../../model/names";
import { ApiClient } from "../sandbox/harbor/api-client";
import { OciClient } from "../sandbox/harbor/oci-client";
import { tarball } from "../support/tar";
import {
  configMap,
  field,
  FluxCluster,
  object,
  other,
  owner,
  type Look,
  type Repository,
} from "./support/flux-cluster";

// What source- and kustomize-controller leave to the other four: charts, events and webhooks, images. One tenant's things
// are reconciled; each controller must be seen at its own work.

const project = "acme-team-a";
const token = "a-receiver's-token";

let flux: FluxCluster;
let ops: Repository;
let push: OciClient;
/** What the alert's receiver was told. */
let told: Record<string, unknown>[];
let listener: Server;

beforeAll(async () => {
  told = [];
  listener = createServer((incoming, outgoing) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      told.push(JSON.parse(body) as Record<string, unknown>);
      outgoing.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  flux = await FluxCluster.start(["configmaps", "secrets", "deployments"]);
  ops = await flux.makeRepository("ops-dev", "write");
  await bringRegistry();
  await flux.bringFlux();
});

afterAll(async () => {
  await flux.end();
  listener.close();
});

/** The tenant's project, a robot of its pipelines, and one that pulls, whose login is the Secret `registry`. */
async function bringRegistry(): Promise<void> {
  const { url, username, password } = flux.sandbox.harbor;
  const api = new ApiClient(url, { username, password });
  await api.project(project);
  push = new OciClient(url, await api.robot(project, "ci", ["pull", "push"]));
  const pull = await api.robot(project, "pull", ["pull"]);
  const auth = Buffer.from(`${pull.username}:${pull.password}`).toString("base64");
  const config = JSON.stringify({ auths: { [new URL(url).host]: { auth } } });
  const data = { ".dockerconfigjson": Buffer.from(config).toString("base64") };
  await flux.client.create(object("v1", "Secret", "registry", owner, { type: "kubernetes.io/dockerconfigjson", data }));
}

const registryHost = (): string => new URL(flux.sandbox.harbor.url).host;
const image = (tag: string): Promise<unknown> => push.pushImage(`${project}/web`, tag, Buffer.from(`layer of ${tag}`));

const source = (name: string, namespace: string, spec: object): Manifest =>
  object("source.toolkit.fluxcd.io/v1", "GitRepository", name, namespace, {
    spec: { interval: "1h", url: ops.url, ref: { branch: "main" }, secretRef: { name: "git" }, ...spec },
  });
const kustomization = object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "ops", owner, {
  spec: {
    interval: "1h",
    retryInterval: "2s",
    prune: true,
    path: "./",
    serviceAccountName: "reconciler",
    sourceRef: { kind: "GitRepository", name: "ops" },
  },
});
const helmRelease = (name: string, spec: object = {}): Manifest =>
  object("helm.toolkit.fluxcd.io/v2", "HelmRelease", name, owner, {
    spec: {
      interval: "1h",
      chartRef: { kind: "OCIRepository", name: "greeter" },
      serviceAccountName: "reconciler",
      values: { greeting: "good morning" },
      ...spec,
    },
  });

/** Undefined when the ConfigMap says this. */
const holds =
  (name: string, said: string, by: Manifest): Look =>
  async () => {
    const data = field(await flux.client.find(configMap(name, owner)), "data");
    return field(data, "said") === said ? undefined : `${JSON.stringify(data)}; ${await flux.readiness(by)}`;
  };

describe("helm-controller", () => {
  it("installs a chart from the registry as the tenant's reconciler, with its values", async () => {
    const chart = { apiVersion: "v2", name: "greeter", version: "1.0.0" };
    const template = JSON.stringify(
      configMap("{{ .Release.Name }}", "{{ .Release.Namespace }}", "{{ .Values.greeting }}"),
    );
    const archive = tarball({
      "greeter/Chart.yaml": JSON.stringify(chart),
      "greeter/values.yaml": "greeting: hello\n",
      "greeter/templates/greeting.yaml": template,
    });
    expect(await push.pushChart(`${project}/greeter`, "1.0.0", chart, archive)).toMatchObject({ status: 201 });
    await flux.client.create(
      object("source.toolkit.fluxcd.io/v1", "OCIRepository", "greeter", owner, {
        spec: {
          interval: "1h",
          url: `oci://${registryHost()}/${project}/greeter`,
          insecure: true,
          ref: { semver: "^1" },
          secretRef: { name: "registry" },
          layerSelector: { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", operation: "copy" },
        },
      }),
    );
    await flux.client.create(helmRelease("greeter"));
    await flux.awaits("the release", flux.says(helmRelease("greeter"), /^True InstallSucceeded/));
    const made = await flux.client.get(configMap("greeter", owner));
    expect(made["data"]).toEqual({ said: "good morning" });
    expect(made.metadata.labels).toMatchObject({ "helm.toolkit.fluxcd.io/name": "greeter" });
    await flux.client.patch(helmRelease("greeter"), { spec: { values: { greeting: "good night" } } });
    await flux.awaits("the upgrade", holds("greeter", "good night", helmRelease("greeter")));
  });

  it("is refused in another tenant's namespace, with the API server's reason", async () => {
    await flux.client.create(helmRelease("escape", { targetNamespace: other }));
    await flux.awaits(
      "the refusal",
      flux.says(
        helmRelease("escape"),
        /^False .*User "system:serviceaccount:team-a:reconciler" cannot .* resource .* in the namespace "team-b"/,
      ),
    );
    expect(await flux.client.find(configMap("escape", other))).toBeUndefined();
    await flux.client.delete(helmRelease("escape"));
    await flux.awaits("the release gone", flux.isGone(helmRelease("escape"), helmRelease("escape")));
  });
});

describe("notification-controller", () => {
  it("tells the tenant's endpoint of the tenant's own objects, and of nobody else's", async () => {
    const address = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}/events`;
    const kind = { kind: "GitRepository", name: "*" };
    const beta = "notification.toolkit.fluxcd.io/v1beta3";
    await flux.client.create(object(beta, "Provider", "endpoint", owner, { spec: { type: "generic", address } }));
    await flux.client.create(
      object(beta, "Alert", "all", owner, {
        spec: {
          providerRef: { name: "endpoint" },
          eventSeverity: "info",
          eventSources: [kind, { kind: "Kustomization", name: "*" }],
        },
      }),
    );
    // Both send events: the other tenant's, that its Secret is missing.
    await flux.push(ops, "first", { "web.yaml": configMap("web", owner) });
    await flux.client.create(source("theirs", other, {}));
    await flux.client.create(source("ops", owner, {}));
    await flux.client.create(kustomization);
    await flux.awaits("the other tenant's failure", flux.says(source("theirs", other, {}), /^False/));
    const about = (): string[] => told.map((event) => JSON.stringify(event["involvedObject"]));
    await flux.awaits("events of both kinds", () => {
      const seen = about().join(" ");
      const both = seen.includes('"kind":"GitRepository"') && seen.includes('"kind":"Kustomization"');
      return Promise.resolve(both ? undefined : `${String(told.length)} events: ${seen}`);
    });
    for (const event of told) expect(event["involvedObject"]).toMatchObject({ namespace: owner });
    await flux.client.delete(source("theirs", other, {}));
  });

  it("is told of a push by GitLab, through TLS that is verified: the source's interval is an hour", async () => {
    const stringData = { token };
    await flux.client.create(object("v1", "Secret", "receiver", owner, { type: "Opaque", stringData }));
    const receiver = object("notification.toolkit.fluxcd.io/v1", "Receiver", "operations", owner, {
      spec: {
        type: "gitlab",
        events: ["Push Hook"],
        secretRef: { name: "receiver" },
        resources: [{ kind: "GitRepository", name: "ops" }],
      },
    });
    await flux.client.create(receiver);
    // As components/gitlab/operations.ts makes it. The controller writes conditions first and the address by a request after:
    // "ready" alone does not say that it is there.
    const path = createHash("sha256").update(`${token}operations${owner}`).digest("hex");
    await flux.awaits("the receiver's address", async () => {
      const address = field(field(await flux.client.find(receiver), "status"), "webhookPath");
      return address === `/hook/${path}` ? undefined : `${String(address)}; ${await flux.readiness(receiver)}`;
    });
    const hook = await flux.gitlab("POST", `projects/${String(ops.id)}/hooks`, {
      url: `https://${receiverHost("dev", "platform.example.com")}/hook/${path}`,
      token,
      push_events: true,
      enable_ssl_verification: true,
    });
    await flux.push(ops, "second", { "web.yaml": configMap("web", owner, "by webhook") });
    const took = await flux.awaits("the pushed content", holds("web", "by webhook", kustomization));
    process.stdout.write(`commit to object, by webhook: ${String(took)} ms\n`);
    const { id } = { id: field(hook, "id") };
    const events = await flux.gitlab("GET", `projects/${String(ops.id)}/hooks/${String(id)}/events`);
    expect(Array.isArray(events) ? events[0] : events).toMatchObject({ response_status: "200" });
  });
});

describe("the image controllers", () => {
  const policy = object("image.toolkit.fluxcd.io/v1", "ImagePolicy", "web", owner, {
    spec: { imageRepositoryRef: { name: "web" }, policy: { semver: { range: "^1" } } },
  });
  const automation = object("image.toolkit.fluxcd.io/v1", "ImageUpdateAutomation", "ops", owner, {
    spec: {
      interval: "2s",
      sourceRef: { kind: "GitRepository", name: "ops" },
      git: {
        commit: { author: { name: "flux", email: "flux@example.com" }, messageTemplate: "Newer images" },
        push: { branch: "main" },
      },
      update: { path: "./", strategy: "Setters" },
    },
  });
  const chosen =
    (tag: string): Look =>
    async () => {
      const latest = field(field(await flux.client.find(policy), "status"), "latestRef");
      return field(latest, "tag") === tag ? undefined : `${JSON.stringify(latest)}; ${await flux.readiness(policy)}`;
    };
  const committed =
    (tag: string): Look =>
    async () => {
      const text = await flux.fileOf(ops, "image.yaml");
      return text.includes(`/web:${tag} #`) ? undefined : `${text}; ${await flux.readiness(automation)}`;
    };

  it("reflect the registry's tags, and choose by the policy", async () => {
    for (const tag of ["1.0.0", "1.1.0", "2.0.0"]) expect(await image(tag)).toMatchObject({ status: 201 });
    await flux.client.create(
      object("image.toolkit.fluxcd.io/v1", "ImageRepository", "web", owner, {
        spec: {
          image: `${registryHost()}/${project}/web`,
          interval: "2s",
          insecure: true,
          secretRef: { name: "registry" },
        },
      }),
    );
    await flux.client.create(policy);
    await flux.awaits("the newest within the range", chosen("1.1.0"));
  });

  it("commit what was chosen to the tenant's repository, which Flux then brings", async () => {
    const reference = `${registryHost()}/${project}/web:1.0.0`;
    const lines = [
      "apiVersion: v1",
      "kind: ConfigMap",
      `metadata: { name: image, namespace: ${owner} }`,
      "data:",
      `  said: ${reference} # {"$imagepolicy": "${owner}:web"}`,
    ];
    await flux.push(ops, "an image", { "image.yaml": `${lines.join("\n")}\n` });
    await flux.client.create(automation);
    await flux.awaits("the commit", committed("1.1.0"));
    await flux.awaits("the new image", holds("image", `${registryHost()}/${project}/web:1.1.0`, kustomization));
    const [latest] = (await flux.gitlab("GET", `projects/${String(ops.id)}/repository/commits`)) as unknown[];
    expect(latest).toMatchObject({ title: "Newer images", author_name: "flux" });
  });
});

describe("all of them", () => {
  it("come back when they are killed, and go on with their work", async () => {
    await flux.kill(
      "helm-controller",
      "notification-controller",
      "image-reflector-controller",
      "image-automation-controller",
    );
    expect(await image("1.2.0")).toMatchObject({ status: 201 });
    await flux.awaits(
      "the newer image, reflected, committed, told by webhook and brought",
      holds("image", `${registryHost()}/${project}/web:1.2.0`, kustomization),
    );
    await flux.client.patch(helmRelease("greeter"), { spec: { values: { greeting: "good again" } } });
    await flux.awaits("the upgrade", holds("greeter", "good again", helmRelease("greeter")));
    // The release's own record tells of it, in the tenant's namespace.
    const records = await flux.client.list("v1", "Secret", { namespace: owner, labelSelector: "owner=helm" });
    expect(records.items.map(({ metadata }) => metadata.name)).toContain("sh.helm.release.v1.greeter.v3");
  });
});

// As an estate is told before another engine takes over (engines/flux/leaving.ts).
describe("a release that goes", () => {
  const second = helmRelease("second");

  it("leaves what it installed when it was suspended, and takes it along otherwise", async () => {
    await flux.client.create(second);
    await flux.awaits("the second release", flux.says(second, /^True InstallSucceeded/));
    await flux.client.patch(helmRelease("greeter"), { spec: { suspend: true } });
    for (const release of [helmRelease("greeter"), second]) {
      await flux.client.delete(release);
      await flux.awaits("the release gone", flux.isGone(release, release));
    }
    expect(await flux.client.find(configMap("second", owner))).toBeUndefined();
    expect((await flux.client.get(configMap("greeter", owner)))["data"]).toEqual({ said: "good again" });
  });
});
