import { KubernetesStatusError, type Manifest } from "@estate/clients";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { fluxArguments, fluxComponents, fluxControllers, fluxTenancy } from "../../model/controllers";
import { ensureTools, silent } from "../../sandbox";
import { placeOf } from "../../sandbox/operators/instance";
import { simulatedControllers } from "../../sandbox/operators/part";
import { controllerStatus, notSimulatedText } from "../../sandbox/operators/status";
import { identify } from "../../sandbox/process";
import {
  configMap,
  decoded,
  field,
  FluxCluster,
  object,
  other,
  owner,
  plannedInstance,
  type Look,
  type Repository,
} from "./support/flux-cluster";

// Sources, kustomizations, and how Flux comes and goes.
let flux: FluxCluster;
let web: Repository;

beforeAll(async () => {
  flux = await FluxCluster.start(["configmaps"]);
  web = await flux.makeRepository("web");
});

afterAll(() => flux.end());

const kustomization = (name: string, namespace: string, spec: object): Manifest =>
  object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, namespace, {
    spec: {
      interval: "1m",
      retryInterval: "2s",
      timeout: "30s",
      prune: true,
      sourceRef: { kind: "GitRepository", name: "web" },
      ...spec,
    },
  });

const push = (message: string, files: Parameters<FluxCluster["push"]>[2]): Promise<void> =>
  flux.push(web, message, files);
const awaits = (what: string, look: Look, boundMs?: number): Promise<number> => flux.awaits(what, look, boundMs);
const says = (ref: Manifest, pattern: RegExp): Look => flux.says(ref, pattern);
const isThere = (ref: Manifest): Look => flux.isThere(ref, kustomization("web", owner, {}));
const isGone = (ref: Manifest): Look => flux.isGone(ref, kustomization("web", owner, {}));

describe("Flux in the sandbox", () => {
  it("knows every argument of the table", async () => {
    const tools = await ensureTools(simulatedControllers, silent);
    for (const controller of fluxControllers.filter(({ name }) => simulatedControllers.includes(name))) {
      // pflag prints its help on stderr, and the program then ends by 2 or 0.
      const help = execFileSync("/bin/sh", ["-c", `"$0" --help 2>&1 || true`, tools.file(controller.name)], {
        encoding: "utf8",
      });
      for (const argument of fluxArguments(controller, fluxTenancy, placeOf(plannedInstance()))) {
        expect(help, controller.name).toContain(`${argument.split("=")[0] ?? ""} `);
      }
    }
  });

  it("has no controller before a FluxInstance asks for it, and all of them once it is Ready", async () => {
    expect(controllerStatus(flux.sandbox.dir)).toEqual([]);
    const took = await flux.bringFlux();
    process.stdout.write(`FluxInstance to Ready: ${String(took)} ms\n`);
    expect(controllerStatus(flux.sandbox.dir).map(({ name, state }) => [name, state])).toEqual(
      [...simulatedControllers].sort().map((name) => [`${name}-dev`, "running"]),
    );
    expect(simulatedControllers).toEqual(fluxComponents);
    expect(await flux.readiness(plannedInstance())).not.toContain("no process runs");
    expect(notSimulatedText(flux.sandbox.dir)).toBe("");
  });

  it("brings a pushed object into the namespace, as the tenant's reconciler", async () => {
    await push("first", { "web.yaml": configMap("web", owner) });
    await flux.client.create(
      object("source.toolkit.fluxcd.io/v1", "GitRepository", "web", owner, {
        spec: {
          interval: "2s",
          url: web.url,
          ref: { branch: "main" },
          secretRef: { name: "git" },
        },
      }),
    );
    await flux.client.create(kustomization("web", owner, { path: "./", serviceAccountName: "reconciler" }));
    await awaits("ConfigMap web", isThere(configMap("web", owner)));
    await push("second", { "more.yaml": configMap("more", owner) });
    const took = await awaits("ConfigMap more", isThere(configMap("more", owner)));
    process.stdout.write(`commit to object: ${String(took)} ms\n`);
    const made = await flux.client.get(configMap("more", owner));
    expect(JSON.stringify(made.metadata["managedFields"])).toContain('"manager":"kustomize-controller"');
  });

  it("refuses an object for another tenant's namespace, with the API server's reason, and goes on after", async () => {
    await push("escape", { "escape.yaml": configMap("escape", other) });
    await awaits(
      "the refusal",
      says(
        kustomization("web", owner, {}),
        /^False .*User "system:serviceaccount:team-a:reconciler" cannot patch resource "configmaps" .*namespace "team-b"/,
      ),
    );
    expect(await flux.client.find(configMap("escape", other))).toBeUndefined();
    await push("withdrawn", { "escape.yaml": undefined });
    await awaits("ready again", says(kustomization("web", owner, {}), /^True/));
  });

  it("refuses what names no account, another tenant's source, and a base from elsewhere", async () => {
    const nameless = kustomization("nameless", owner, { path: "./" });
    const foreign = kustomization("foreign", other, {
      path: "./",
      sourceRef: { kind: "GitRepository", name: "web", namespace: owner },
    });
    // The base is there and can be read: what is shut is the way out of the artifact's folder.
    const data = field(await flux.client.get(object("v1", "Secret", "git", owner)), "data");
    const [user, password] = ["username", "password"].map((key) => decoded(field(data, key)));
    const base = web.url.replace("://", `://${String(user)}:${String(password)}@`);
    await push("a remote base", {
      "remote/kustomization.yaml": `resources: ["${base}//?ref=main"]\n`,
      // Else the root would take the folder's file for an object.
      "kustomization.yaml": "resources: [web.yaml, more.yaml]\n",
    });
    const remote = kustomization("remote", owner, { path: "./remote", serviceAccountName: "reconciler" });
    for (const one of [nameless, foreign, remote]) await flux.client.create(one);
    await awaits("no account", says(nameless, /^False .*User "system:serviceaccount:team-a:default" cannot/));
    await awaits(
      "a foreign source",
      says(foreign, /^False AccessDenied: .*cross-namespace references have been blocked/),
    );
    await awaits("a remote base", says(remote, /^False BuildFailed: .*fs-security-constraint/));
    for (const one of [nameless, foreign, remote]) {
      await flux.client.delete(one);
      await awaits(`${String(one.metadata.name)} gone`, isGone(one));
    }
  });

  it("prunes what was removed, and puts back what was deleted by hand when it reconciles", async () => {
    await push("removed", { "more.yaml": undefined, "kustomization.yaml": "resources: [web.yaml]\n" });
    await awaits("ConfigMap more pruned", isGone(configMap("more", owner)));
    await flux.client.delete(configMap("web", owner));
    await flux.client.patch(kustomization("web", owner, {}), {
      metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() } },
    });
    await awaits("ConfigMap web again", isThere(configMap("web", owner)));
  });

  it("starts a controller again that died, and all of them with the sandbox", async () => {
    await flux.kill("kustomize-controller");
    await push("after a death", { "web.yaml": configMap("web", owner, "again") });
    const said = (text: string) => async (): Promise<string | undefined> => {
      const data = field(await flux.client.find(configMap("web", owner)), "data");
      return field(data, "said") === text ? undefined : JSON.stringify(data);
    };
    await awaits("the new content", said("again"));

    const pids = controllerStatus(flux.sandbox.dir).map(({ pid }) => pid ?? 0);
    await flux.restart(() => {
      for (const pid of pids) expect(identify(pid)).toBeUndefined();
      expect(controllerStatus(flux.sandbox.dir)).toEqual([]);
    });
    await push("after a restart", { "web.yaml": configMap("web", owner, "once more") });
    await awaits("the new content", said("once more"), 120_000);
  });

  it("goes as the operator's own: controllers first, then finalizers and CRDs; what was applied stays", async () => {
    const pids = controllerStatus(flux.sandbox.dir).map(({ pid }) => pid ?? 0);
    expect(pids).toHaveLength(simulatedControllers.length);
    await flux.client.delete(plannedInstance());
    await awaits("the instance gone", isGone(plannedInstance()));
    for (const pid of pids) expect(identify(pid)).toBeUndefined();
    expect(controllerStatus(flux.sandbox.dir)).toEqual([]);
    const left = await flux.client.list("apiextensions.k8s.io/v1", "CustomResourceDefinition");
    expect(left.items.map(({ metadata }) => metadata.name).filter((name) => name?.includes("toolkit"))).toEqual([]);
    const account = object("v1", "ServiceAccount", "kustomize-controller", "flux-system");
    expect(await flux.client.find(account)).toBeUndefined();
    expect(await flux.client.find(configMap("web", owner))).toBeDefined();
    const refusal: unknown = await flux.client
      .tokenRequest("flux-system", "kustomize-controller")
      .catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(KubernetesStatusError);
  });
});
