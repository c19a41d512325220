import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";

import type { Manifest } from "../../clients";
import { fluxArguments, fluxComponents, fluxControllers, fluxTenancy } from "../../model/controllers";
import { versions } from "../../model/versions";
import { controllerRun, listenersOf } from "../../sandbox/operators/arguments";
import { Fleet } from "../../sandbox/operators/fleet";
import { placeOf, tenancyOf } from "../../sandbox/operators/instance";
import { endControllers, noteNotSimulated, readLedger, writeLedger } from "../../sandbox/operators/ledger";
import type { Program } from "../../sandbox/operators/program";
import { roles } from "../../sandbox/operators/roles";
import { controllerStatus, notSimulatedText } from "../../sandbox/operators/status";
import { isRunning } from "../../sandbox/process";
import { moduleDir } from "../../sandbox/toolchain/manifests";

const instance = (spec: Record<string, unknown> = {}): Manifest => ({
  apiVersion: "fluxcd.controlplane.io/v1",
  kind: "FluxInstance",
  metadata: { name: "flux", namespace: "flux-system" },
  spec: { components: [...fluxComponents], cluster: { ...fluxTenancy, domain: "cluster.local" }, ...spec },
});

let port = 20_000;
const ports = new Map<string, number>(
  fluxComponents.flatMap((name) => listenersOf(name).map((listener) => [`${name}/${listener}`, (port += 1)] as const)),
);
const portOf = (name: string, listener: string): number | undefined => ports.get(`${name}/${listener}`);

describe("the arguments of a controller's process", () => {
  it.each(fluxComponents)("%s: those of its container, then what is different outside of a cluster", (name) => {
    const controller = fluxControllers.find((candidate) => candidate.name === name);
    if (controller === undefined) throw new Error(name);
    const { args, ready } = controllerRun(name, instance(), portOf, "/folder");
    const given = fluxArguments(controller, fluxTenancy, placeOf(instance()));
    expect(args.slice(0, given.length)).toEqual(given);
    const last = new Map(args.map((arg) => [arg.split("=")[0], arg.slice(arg.indexOf("=") + 1)]));
    expect(last.get("--enable-leader-election")).toBe("false");
    expect(last.get("--health-addr")).toBe(`127.0.0.1:${String(portOf(name, "health"))}`);
    for (const [flag, value] of last)
      if (flag?.endsWith("-addr")) expect(value).toMatch(/^(0|(http:\/\/)?127\.0\.0\.1:\d+\/?)$/);
    expect(ready[0]).toBe(`http://127.0.0.1:${String(portOf(name, "health"))}/readyz`);
    // What keeps tenants apart is not among what a sandbox changes.
    for (const flag of given.filter((arg) => /^--(no|default|feature)-/.test(arg)))
      expect(args.lastIndexOf(flag)).toBeLessThan(given.length);
    expect(args.slice(given.length).join(" ")).not.toMatch(/--(no|default|feature)-/);
  });

  it("follow the instance: without `multitenant` there is no lockdown", () => {
    const open = controllerRun("kustomize-controller", instance({ cluster: {} }), portOf, "/folder");
    expect(open.args.join(" ")).not.toMatch(/--no-|--default-/);
    expect(
      tenancyOf(instance({ cluster: { multitenant: true, tenantDefaultServiceAccount: "tenant" } })),
    ).toMatchObject({
      multitenant: true,
      multitenantWorkloadIdentity: false,
      tenantDefaultServiceAccount: "tenant",
      tenantDefaultDecryptionServiceAccount: "default",
    });
  });

  it("take what a patch adds to them, and name what it changes otherwise", () => {
    const value = "--custom-apply-stage-kinds=apps/Deployment";
    const add = { op: "add", path: "/spec/template/spec/containers/0/args/-", value };
    const remove = { op: "remove", path: "/spec/template/spec/volumes" };
    const target = { kind: "Deployment", name: "(kustomize-controller|helm-controller)" };
    const patched = instance({ kustomize: { patches: [{ target, patch: JSON.stringify([add, remove]) }] } });
    const kustomize = controllerRun("kustomize-controller", patched, portOf, "/folder");
    expect(kustomize.args).toContain(value);
    expect(kustomize.ignored).toEqual(["kustomize-controller: a patch of /spec/template/spec/volumes"]);
    const source = controllerRun("source-controller", patched, portOf, "/folder");
    expect(source.args).not.toContain(value);
    expect(source.ignored).toEqual([]);
  });

  it("send events to nobody when no process takes them", () => {
    const alone = (name: string, listener: string): number | undefined =>
      name === "notification-controller" ? undefined : portOf(name, listener);
    expect(controllerRun("source-controller", instance(), alone, "/folder").args).toContain("--events-addr=");
    expect(controllerRun("source-controller", instance(), portOf, "/folder").args).toContain(
      `--events-addr=http://127.0.0.1:${String(portOf("notification-controller", "events"))}/`,
    );
  });
});

describe("the rights of the controllers", () => {
  let module: string | undefined;
  beforeAll(async () => {
    module = await moduleDir("flux-operator").catch(() => undefined);
  }, 120_000);

  /** The operator's own, with its name suffix, which its builder gives them by kustomize. */
  function real(folder: string, namespace: string): Record<string, unknown>[] {
    const file = join(folder, "config", "data", "flux", `v${versions.flux.installed}`, "rbac.yaml");
    const text = readFileSync(file, "utf8").replaceAll("flux-system", namespace);
    return parseAllDocuments(text)
      .map((document) => document.toJS() as Record<string, unknown>)
      .filter(({ kind }) => kind !== "ResourceQuota")
      .map((object) => {
        const { name, ...metadata } = object["metadata"] as { name: string };
        const roleRef = object["roleRef"] as { name: string } | undefined;
        const own =
          roleRef?.name === "crd-controller" ? { roleRef: { ...roleRef, name: `crd-controller-${namespace}` } } : {};
        return { ...object, ...own, metadata: { ...metadata, name: `${name}-${namespace}` } };
      });
  }

  it("are those that flux-operator gives them", (context) => {
    if (module === undefined) return context.skip("its module cannot be had here: that needs Go");
    for (const name of ["flux-system", "elsewhere"]) expect(roles(name, true)).toEqual(real(module, name));
  });

  it("include tokens of other accounts only with workload identity", () => {
    expect(JSON.stringify(roles("flux-system", false))).not.toContain("serviceaccounts/token");
  });
});

describe("a fleet", () => {
  let dir: string;
  let fleet: Fleet;
  let said: string[];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "estate-operators-"));
    mkdirSync(join(dir, "logs"));
    said = [];
    fleet = new Fleet(dir, (text) => said.push(text));
  });
  afterEach(async () => {
    await fleet.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const program = (name: string, ...args: string[]): Program => ({
    name: `${name}-dev`,
    file: process.execPath,
    args: ["-e", `console.log(process.env.GREETING); setInterval(() => {}, 1000)`, ...args],
    ready: ["http://127.0.0.1:9/readyz"],
    folder: join(dir, name),
    environment: () => Promise.resolve({ GREETING: "hello" }),
  });
  const record = (name: string) => readLedger(dir).controllers[`${name}-dev`];

  it("runs exactly what is wanted, and tells it by status", async () => {
    noteNotSimulated(dir, "dev", ["three"]);
    await fleet.want([program("one"), program("two")]);
    const [one, two] = [record("one"), record("two")];
    if (one === undefined || two === undefined) throw new Error("not on record");
    expect(controllerStatus(dir).map(({ name, state, pid }) => [name, state, pid])).toEqual([
      ["one-dev", "running", one.pid],
      ["two-dev", "running", two.pid],
    ]);
    expect(notSimulatedText(dir)).toContain(": three\n");
    expect(await fleet.notReady()).toEqual([
      expect.stringContaining("one-dev: "),
      expect.stringContaining("two-dev: "),
    ]);
    await fleet.want([program("one"), program("two", "changed")]);
    expect(record("one")).toEqual(one);
    expect(record("two")?.pid).not.toBe(two.pid);
    expect(isRunning(two)).toBe(false);
    await fleet.want([program("one")]);
    expect(record("two")).toBeUndefined();
    await fleet.stop();
    expect(isRunning(one)).toBe(false);
    expect(readLedger(dir).controllers).toEqual({});
  });

  it("ends last whom the others tell of what they do", async () => {
    await fleet.want([{ ...program("told"), endsLast: true }, program("one"), program("two")]);
    await fleet.stop();
    expect(said.filter((text) => text.endsWith(" ended")).at(-1)).toBe("told-dev ended");
    expect(said.filter((text) => text.endsWith(" ended"))).toHaveLength(3);
  });

  it("leaves to others what they noted", () => {
    noteNotSimulated(dir, "dev", ["three"]);
    noteNotSimulated(dir, "prod", ["four"]);
    noteNotSimulated(dir, "dev", []);
    expect(notSimulatedText(dir)).toContain(": four\n");
    noteNotSimulated(dir, "prod", []);
    expect(notSimulatedText(dir)).toBe("");
  });

  it("starts again what has died, after a pause", async () => {
    await fleet.want([program("one")]);
    const first = record("one");
    if (first === undefined) throw new Error("not on record");
    process.kill(first.pid, "SIGKILL");
    while (isRunning(first)) await sleep(10);
    expect(controllerStatus(dir)).toMatchObject([{ state: "died" }]);
    await fleet.keep();
    expect(record("one")?.pid).toBe(first.pid);
    expect(said.join()).toContain("died (SIGKILL); started again in 1 s");
    await sleep(1_100);
    await fleet.keep();
    expect(record("one")?.pid).not.toBe(first.pid);
  });

  it("leaves behind nothing that `endControllers` would not find", async () => {
    await fleet.want([program("one")]);
    const one = record("one");
    if (one === undefined) throw new Error("not on record");
    await endControllers(dir);
    expect(isRunning(one)).toBe(false);
    expect(readLedger(dir).controllers).toEqual({});
  });

  it("goes on after a ledger that cannot be read", () => {
    writeLedger(dir, { controllers: {}, notSimulated: ["a"], ports: { b: 1 } });
    expect(readLedger(dir)).toEqual({ controllers: {}, notSimulated: ["a"], ports: { b: 1 } });
    writeFileSync(join(dir, "operators", "controllers.json"), "{");
    expect(readLedger(dir)).toEqual({ controllers: {}, notSimulated: [], ports: {} });
  });
});
