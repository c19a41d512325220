import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ensureTools, Progress } from "../../sandbox";
import { harborFolder, registryPart } from "../../sandbox/harbor/part";
import { startHarbor, type RunningHarbor } from "../../sandbox/harbor/server";
import { awaitReady, launch, type PartRecord } from "../../sandbox/part";
import { choosePorts } from "../../sandbox/ports";
import { endProcess } from "../../sandbox/process";
import { ApiClient, immutableRule, robotBody } from "../sandbox/harbor/api-client";
import { OciClient, sha256, type Credentials } from "../sandbox/harbor/oci-client";

// The stand-in runs in this process, so that its clock can be moved; the registry behind it is the real one.
const admin: Credentials = { username: "admin", password: "Adm1n-of-the-test" };
let dir: string;
let harbor: RunningHarbor;
let registry: PartRecord;
let ports: { registry: number; harbor: number };
let api: ApiClient;
let clock = new Date("2026-01-01T00:00:00Z");

const layer = (text: string): Buffer => Buffer.from(`layer of ${text}`);
const as = (credentials?: Credentials, login?: "basic"): OciClient => new OciClient(harbor.url, credentials, login);

async function startAgain(): Promise<void> {
  harbor = await startHarbor({
    dir: harborFolder(dir),
    adminPassword: admin.password,
    port: ports.harbor,
    registry: `http://127.0.0.1:${String(ports.registry)}`,
    now: () => clock,
  });
  api = new ApiClient(harbor.url, admin);
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "estate-harbor-"));
  const tools = await ensureTools(["registry"], new Progress());
  ports = await choosePorts(["registry", "harbor"], dir, {});
  const part = registryPart(dir, tools.file("registry"), ports.registry, ports.harbor);
  registry = launch(dir, part);
  await startAgain();
  await awaitReady(dir, part, registry);
});

afterAll(async () => {
  await harbor.close();
  await endProcess(registry, 10_000);
  rmSync(dir, { recursive: true, force: true });
});

describe("the registry behind Harbor's stand-in", () => {
  it("takes and gives an image in the protocol's own steps, and Harbor lists it", async () => {
    await api.project("steps");
    const robot = await api.robot("steps", "ci", ["pull", "push"]);
    const client = as(robot);
    expect((await client.request("GET", "/v2/")).status).toBe(200);
    const data = layer("steps");
    expect((await client.request("HEAD", `/v2/steps/app/web/blobs/${sha256(data)}`)).status).toBe(404);
    expect((await client.pushBlob("steps/app/web", data, 2)).status).toBe(201);
    expect((await client.request("HEAD", `/v2/steps/app/web/blobs/${sha256(data)}`)).status).toBe(200);
    const pushed = await client.pushImage("steps/app/web", "1.0.0", data);
    expect(pushed.status).toBe(201);
    const manifest = await client.pullManifest("steps/app/web", "1.0.0");
    expect(manifest.status).toBe(200);
    expect(sha256(manifest.text)).toBe(pushed.headers.get("docker-content-digest"));
    expect((await client.pullBlob("steps/app/web", sha256(data))).text).toBe(data.toString());
    expect(await api.get("/projects/steps/repositories/app%252Fweb")).toMatchObject({
      name: "steps/app/web",
      artifact_count: 1,
    });
    const { body } = await api.request("GET", "/projects/steps/repositories/app%252Fweb/artifacts");
    expect(body).toMatchObject([{ digest: pushed.headers.get("docker-content-digest"), tags: [{ name: "1.0.0" }] }]);
  });

  it("trusts no token but Harbor's, also on its own port", async () => {
    const challenged = await fetch(`http://127.0.0.1:${String(ports.registry)}/v2/steps/app/tags/list`);
    expect(challenged.status).toBe(401);
    expect(challenged.headers.get("www-authenticate")).toContain(`${harbor.url}/service/token`);
    const forged = await fetch(`${harbor.url}/v2/steps/app/tags/list`, {
      headers: { authorization: `Bearer ${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.` },
    });
    expect(forged.status).toBe(401);
    // Basic auth is Harbor's doing: the registry itself knows nobody's password.
    const direct = new OciClient(`http://127.0.0.1:${String(ports.registry)}`, admin, "basic");
    expect((await direct.request("GET", "/v2/")).status).toBe(401);
  });

  it.each(["token", "basic"] as const)(
    "keeps robots to their own project, also where names share a prefix (%s)",
    async (login) => {
      const [a, ab] = login === "token" ? ["acme-team-a", "acme-team-ab"] : ["acme-team-c", "acme-team-cd"];
      await api.project(a);
      await api.project(ab);
      const robots = {
        [a]: await api.robot(a, "ci", ["pull", "push"]),
        [ab]: await api.robot(ab, "ci", ["pull", "push"]),
      };
      for (const [own, other] of [
        [a, ab],
        [ab, a],
      ] as const) {
        const client = new OciClient(harbor.url, robots[own], login);
        expect((await client.pushImage(`${own}/web`, "1", layer(own))).status).toBe(201);
        expect((await client.pullManifest(`${own}/web`, "1")).status).toBe(200);
        expect((await client.pushImage(`${other}/web`, "2", layer(own))).status).toBe(401);
        expect((await client.pushBlob(`${other}/web`, layer(own))).status).toBe(401);
        expect((await client.request("GET", `/v2/${other}/web/tags/list`)).status).toBe(401);
      }
      const client = new OciClient(harbor.url, robots[a], login);
      expect((await client.pullManifest(`${ab}/web`, "1")).status).toBe(401);
      expect((await client.pullBlob(`${ab}/web`, sha256(layer(ab)))).status).toBe(401);
      // A mount would copy another project's blob without a pull of it.
      const mount = `/v2/${a}/web/blobs/uploads/?mount=${sha256(layer(ab))}&from=${ab}/web`;
      expect((await client.request("POST", mount, {}, [`repository:${ab}/web:pull`])).status).toBe(401);
      const own = `/v2/${a}/second/blobs/uploads/?mount=${sha256(layer(a))}&from=${a}/web`;
      expect((await client.request("POST", own, {}, [`repository:${a}/web:pull`])).status).toBe(201);
    },
  );

  it("lets a pull robot pull and not push", async () => {
    await api.project("pullers");
    const push = await api.robot("pullers", "ci", ["pull", "push"]);
    const pull = await api.robot("pullers", "dev", ["pull"]);
    expect((await as(push).pushImage("pullers/web", "1", layer("pullers"))).status).toBe(201);
    expect((await as(pull).pullManifest("pullers/web", "1")).status).toBe(200);
    expect((await as(pull).pushImage("pullers/web", "2", layer("pullers two"))).status).toBe(401);
    expect((await as(pull).pushBlob("pullers/web", layer("pullers two"))).status).toBe(401);
    expect((await as(pull, "basic").pushBlob("pullers/web", layer("pullers two"))).status).toBe(401);
    expect((await as(push).pushImage("pullers/web", "2", layer("pullers two"))).status).toBe(201);
  });

  it("lets nobody in without a name, but to pull from a public project", async () => {
    await api.project("closed");
    const open = await api.project("open", { metadata: { public: "true" } });
    for (const project of ["closed", "open"]) {
      expect((await as(admin).pushImage(`${project}/web`, "1", layer(project))).status).toBe(201);
    }
    expect((await as().pullManifest("closed/web", "1")).status).toBe(401);
    expect((await as().pullManifest("open/web", "1")).status).toBe(200);
    expect((await as().pushImage("open/web", "2", layer("stranger"))).status).toBe(401);
    await api.request("PUT", open, { metadata: { public: "false" } });
    expect((await as().pullManifest("open/web", "1")).status).toBe(401);
  });

  it("lets a robot in until its last day, and not after it", async () => {
    await api.project("ageing");
    const robot = await api.robot("ageing", "ci", ["pull", "push"], 30);
    expect((await as(robot).pushImage("ageing/web", "1", layer("ageing"))).status).toBe(201);
    const before = clock;
    try {
      clock = new Date(before.getTime() + 30 * 86_400_000 - 1000);
      expect((await as(robot).pullManifest("ageing/web", "1")).status).toBe(200);
      clock = new Date(before.getTime() + 30 * 86_400_000);
      const late = as(robot);
      expect((await late.pullManifest("ageing/web", "1")).status).toBe(401);
      expect(late.tokenStatus).toBe(401);
      expect((await as(robot, "basic").pullManifest("ageing/web", "1")).status).toBe(401);
      expect((await new ApiClient(harbor.url, robot).request("GET", "/projects/ageing/repositories")).status).toBe(401);
    } finally {
      clock = before;
    }
    expect((await as(robot).pullManifest("ageing/web", "1")).status).toBe(200);
  });

  it("lets no disabled or deleted robot in, nor one with its old secret", async () => {
    await api.project("leaving");
    const robot = await api.robot("leaving", "ci", ["pull", "push"]);
    expect((await as(robot).pushImage("leaving/web", "1", layer("leaving"))).status).toBe(201);
    const whole = { ...robotBody("leaving", robot.username, ["pull", "push"], 30) };
    expect((await api.request("PUT", robot.id, { ...whole, disable: true })).status).toBe(200);
    expect((await as(robot).pullManifest("leaving/web", "1")).status).toBe(401);
    expect((await api.request("PUT", robot.id, { ...whole, disable: false })).status).toBe(200);
    expect((await as(robot).pullManifest("leaving/web", "1")).status).toBe(200);
    expect((await api.request("PATCH", robot.id, { secret: "Own5ecret-of-a-robot" })).status).toBe(200);
    expect((await as(robot).pullManifest("leaving/web", "1")).status).toBe(401);
    const renewed = { ...robot, password: "Own5ecret-of-a-robot" };
    expect((await as(renewed).pullManifest("leaving/web", "1")).status).toBe(200);
    expect((await api.request("DELETE", robot.id)).status).toBe(200);
    expect((await as(renewed).pullManifest("leaving/web", "1")).status).toBe(401);
  });

  it("holds an immutable tag against overwriting and removal, whoever asks, until the rule goes", async () => {
    const project = await api.project("fixed");
    const rule = await api.create(`${project}/immutabletagrules`, immutableRule("v*"));
    const robot = await api.robot("fixed", "ci", ["pull", "push"]);
    const first = await as(robot).pushImage("fixed/web", "v1.0.0", layer("one"));
    expect(first.status).toBe(201);
    for (const client of [as(robot), as(admin), as(robot, "basic")]) {
      const second = await client.pushImage("fixed/web", "v1.0.0", layer("two"));
      expect(second.status).toBe(412);
      expect(JSON.parse(second.text)).toMatchObject({ errors: [{ code: "PRECONDITION" }] });
    }
    const escaped = await as(robot).request("PUT", "/v2/fixed/web/%6danifests/v1.0.0", {
      headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" },
      body: first.text,
    });
    expect(escaped.status).toBe(412);
    const digest = first.headers.get("docker-content-digest") ?? "";
    expect((await as(admin).request("DELETE", `/v2/fixed/web/manifests/${digest}`)).status).toBe(412);
    expect((await api.request("DELETE", "/projects/fixed/repositories/web")).status).toBe(412);
    expect((await as(robot).pullManifest("fixed/web", "v1.0.0")).headers.get("docker-content-digest")).toBe(digest);
    // Other tags move.
    expect((await as(robot).pushImage("fixed/web", "latest", layer("one"))).status).toBe(201);
    expect((await as(robot).pushImage("fixed/web", "latest", layer("two"))).status).toBe(201);
    await api.request("DELETE", rule);
    expect((await as(robot).pushImage("fixed/web", "v1.0.0", layer("two"))).status).toBe(201);
  });

  it("refuses what a project's quota cannot hold, and takes it when the quota has grown", async () => {
    const project = await api.project("small", { storage_limit: 10_000 });
    const client = as(await api.robot("small", "ci", ["pull", "push"]));
    expect((await client.pushImage("small/web", "1", Buffer.alloc(6_000, "a"))).status).toBe(201);
    // The same layer again adds but a manifest.
    expect((await client.pushImage("small/web", "1b", Buffer.alloc(6_000, "a"))).status).toBe(201);
    const refused = await client.pushImage("small/web", "2", Buffer.alloc(6_000, "b"));
    expect(refused.status).toBe(403);
    expect(refused.text).toContain("will exceed the configured upper limit of 9.8 KiB");
    // In pieces that each fit, the sum still does not.
    expect((await client.pushBlob("small/web", Buffer.alloc(3_000, "c"), 2)).status).toBe(201);
    expect((await client.pushBlob("small/web", Buffer.alloc(3_000, "d"), 2)).status).toBe(201);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: {
        mediaType: "application/vnd.oci.image.config.v1+json",
        digest: sha256(Buffer.alloc(3_000, "c")),
        size: 1,
      },
      layers: [
        {
          mediaType: "application/vnd.oci.image.layer.v1.tar",
          digest: sha256(Buffer.alloc(3_000, "d")),
          size: 1,
        },
      ],
    });
    const headers = { "content-type": "application/vnd.oci.image.manifest.v1+json" };
    const lying = await client.request("PUT", "/v2/small/web/manifests/3", { headers, body: manifest });
    expect(lying.status).toBe(403);
    const id = project.split("/").at(-1) ?? "";
    const { body } = await api.request("GET", `/quotas?reference=project&reference_id=${id}`);
    expect(body).toMatchObject([{ hard: { storage: 10_000 }, ref: { name: "small" } }]);
    const quota = Array.isArray(body) ? String((body[0] as { id: number }).id) : "";
    expect((await api.request("PUT", `/quotas/${quota}`, { hard: { storage: 100_000 } })).status).toBe(200);
    expect((await client.pushImage("small/web", "2", Buffer.alloc(6_000, "b"))).status).toBe(201);
  });

  it("keeps a project that holds images, and lets it go with them; its robots go too", async () => {
    const project = await api.project("going");
    const robot = await api.robot("going", "ci", ["pull", "push"]);
    await as(robot).pushImage("going/team/web", "1", layer("going"));
    expect((await api.request("DELETE", project)).status).toBe(412);
    expect((await api.request("DELETE", "/projects/going/repositories/team%252Fweb")).status).toBe(200);
    expect((await as(robot).pullManifest("going/team/web", "1")).status).toBe(404);
    expect((await api.request("DELETE", project)).status).toBe(200);
    expect((await as(robot).pullManifest("going/team/web", "1")).status).toBe(401);
    // A later project of that name is another one: neither the robot nor the images come back.
    await api.project("going");
    expect((await as(robot).pullManifest("going/team/web", "1")).status).toBe(401);
    expect((await as(admin).pullManifest("going/team/web", "1")).status).toBe(404);
  });

  it("answers a push to a project that is not there as an unknown one's, for everybody", async () => {
    expect((await as(admin).pushImage("nowhere/web", "1", layer("x"))).status).toBe(401);
    expect((await as(admin).pushImage("web", "1", layer("x"))).status).toBe(401);
  });

  it("tells the project's webhook of a push, with its token", async () => {
    const project = await api.project("hooked");
    const told: { authorization: string | undefined; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        told.push({ authorization: request.headers.authorization, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await api.create(`${project}/webhook/policies`, {
      name: "receiver",
      enabled: true,
      event_types: ["PUSH_ARTIFACT"],
      targets: [{ type: "http", address: `http://127.0.0.1:${String(port)}/hook`, auth_header: "Bearer hook" }],
    });
    await as(admin).pushImage("hooked/web", "1", layer("hooked"));
    await expect.poll(() => told.length).toBe(1);
    expect(told[0]?.authorization).toBe("Bearer hook");
    expect(JSON.parse(told[0]?.body ?? "")).toMatchObject({
      type: "PUSH_ARTIFACT",
      operator: "admin",
      event_data: { resources: [{ tag: "1" }], repository: { repo_full_name: "hooked/web" } },
    });
    server.close();
  });

  it("knows after a restart whom it knew before", async () => {
    const project = await api.project("staying");
    await api.create(`${project}/immutabletagrules`, immutableRule("v*"));
    const robot = await api.robot("staying", "ci", ["pull", "push"]);
    expect((await as(robot).pushImage("staying/web", "v1", layer("staying"))).status).toBe(201);
    await harbor.close();
    await startAgain();
    expect((await as(robot).pullManifest("staying/web", "v1")).status).toBe(200);
    expect((await as(robot).pushImage("staying/web", "v1", layer("staying two"))).status).toBe(412);
    expect((await as(robot).pushImage("staying/web", "v2", layer("staying two"))).status).toBe(201);
    expect((await as({ ...robot, password: "Wr0ng-secret" }).pullManifest("staying/web", "v1")).status).toBe(401);
    expect(await api.create("/projects", { project_name: "after" })).not.toBe(project);
  });
});
