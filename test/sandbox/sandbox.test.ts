import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { crdsOfChart, crdsOfComponent } from "../../sandbox/components";
import { exportLines } from "../../sandbox/environment";
import { choosePorts, isFree, portRange } from "../../sandbox/ports";
import { endProcess, identify, isRunning } from "../../sandbox/process";
import { silent } from "../../sandbox/progress";
import { readState, writeState } from "../../sandbox/state";
import { askedStatusOf, isAmiss, statusOf, statusTable } from "../../sandbox/status";
import { inTurn } from "../../sandbox/turn";
import { wipe } from "../../sandbox/wipe";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "estate-sandbox-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("choosePorts", () => {
  const free = (): Promise<boolean> => Promise.resolve(true);

  it("stays below the ephemeral range and gives every name a port of its own", async () => {
    const ports = Object.values(await choosePorts(["a", "b", "c"], "/some/folder", {}, free));
    expect(new Set(ports).size).toBe(3);
    for (const port of ports) {
      expect(port).toBeGreaterThanOrEqual(portRange.first);
      expect(port).toBeLessThan(32_768);
    }
  });

  it("keeps a remembered port that is free, and leaves one that is taken", async () => {
    const ports = await choosePorts(["a", "b"], "/x", { a: 12_000, b: 12_001 }, (port) =>
      Promise.resolve(port !== 12_001),
    );
    expect(ports.a).toBe(12_000);
    expect(ports.b).not.toBe(12_001);
  });

  it("does not keep a port outside the range, nor one port for two names", async () => {
    const ports = await choosePorts(["a", "b", "c"], "/x", { a: 40_000, b: 12_000, c: 12_000 }, free);
    expect(ports.a).toBeLessThan(32_768);
    expect(ports.b).toBe(12_000);
    expect(ports.c).not.toBe(12_000);
  });

  it("begins elsewhere for another folder", async () => {
    const [one, two] = await Promise.all(["/one", "/two"].map((folder) => choosePorts(["a"], folder, {}, free)));
    expect(one?.a).not.toBe(two?.a);
  });

  it("says so when every port is taken", async () => {
    await expect(choosePorts(["a"], "/x", {}, () => Promise.resolve(false))).rejects.toThrow("no free port");
  });

  it("knows a taken port", async () => {
    const { a } = await choosePorts(["a"], dir, {});
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(a, "127.0.0.1", resolve));
    expect(await isFree(a)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isFree(a)).toBe(true);
  });
});

describe("processes", () => {
  it("never ends a process that only has the same id", async () => {
    const own = identify(process.pid);
    expect(own).toBeDefined();
    expect(await endProcess({ pid: process.pid, startTime: "1" }, 100)).toBe("gone");
    expect(own !== undefined && isRunning(own)).toBe(true);
  });
});

describe("status", () => {
  it("tells running, died and stopped apart", () => {
    const own = identify(process.pid);
    const startedAt = new Date().toISOString();
    writeState(dir, {
      ports: { vault: 12_345 },
      parts: {
        vault: { pid: process.pid, startTime: own?.startTime ?? "", startedAt },
        etcd: { pid: 4_194_303, startTime: "1", startedAt },
      },
    });
    const state = readState(dir);
    if (state === undefined) throw new Error("no state");
    const parts = statusOf(dir, state);
    const states = Object.fromEntries(parts.map((part) => [part.name, part.state]));
    expect(states).toMatchObject({ vault: "running", etcd: "died", "apiserver-dev": "stopped" });
    expect(statusTable(parts)).toMatch(/vault +running +\d+ +12345/);
    expect(statusTable(parts)).toContain("etcd (process 4194303) died");
  });
});

describe("asked status", () => {
  it("tells a part that runs and is not at work, and what was seen", async () => {
    const server = createHttpServer((request, response) => {
      const { pathname } = new URL(request.url ?? "", "http://sandbox");
      if (pathname === "/api/v2.0/health") return;
      const sealed = { initialized: true, sealed: true };
      response.writeHead(pathname === "/v2/" ? 401 : 503).end(JSON.stringify(sealed));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const startTime = identify(process.pid)?.startTime ?? "";
    const record = { pid: process.pid, startTime, startedAt: new Date().toISOString() };
    const names = ["vault", "gitlab", "registry", "harbor", "operators", "apiserver-dev"];
    const state = {
      ports: { vault: port, gitlab: port, registry: port, harbor: port },
      parts: Object.fromEntries(names.map((name) => [name, record])),
    };
    const parts = await askedStatusOf(dir, state, 300);
    expect(Object.fromEntries(parts.filter(isAmiss).map(({ name, seen }) => [name, seen]))).toEqual({
      vault: "sealed",
      gitlab: "/-/readiness answers 503",
      harbor: expect.stringContaining("timeout"),
      "apiserver-dev": "it has no certificate yet",
    });
    const states = Object.fromEntries(parts.map((part) => [part.name, part.state]));
    expect(states).toMatchObject({ registry: "running", operators: "running", etcd: "stopped" });
    expect(statusTable(parts)).toMatch(new RegExp(`vault +not answering +${String(process.pid)} +${String(port)}`));
    expect(statusTable(parts)).toContain("runs and is not at work: sealed");
    server.close();
    server.closeAllConnections();
  });
});

describe("turns", () => {
  it("are waited for, and say whose they are", async () => {
    const lines: string[] = [];
    const reporter = { ...silent, line: (text: string): unknown => lines.push(text) };
    const order: string[] = [];
    const first = inTurn(dir, silent, async () => {
      await sleep(400);
      order.push("first");
    });
    await sleep(100);
    await inTurn(dir, reporter, () => Promise.resolve(order.push("second")));
    await first;
    expect(order).toEqual(["first", "second"]);
    expect(lines).toEqual([
      `process ${String(process.pid)} is using the sandbox in ${dir}; waiting until it has ended`,
    ]);
  });
});

describe("env", () => {
  it("prints lines that a shell reads back as they were, with PATH in front of the shell's own", () => {
    const lines = exportLines({ A: "plain", B: `a b'c"$HOME\`d\``, PATH: "/x y:/z" });
    const said = execFileSync("/bin/sh", ["-c", `${lines}printf '%s|%s|%s' "$A" "$B" "$PATH"`], {
      env: { PATH: "/bin" },
      encoding: "utf8",
    });
    expect(said).toBe(`plain|a b'c"$HOME\`d\`|/x y:/z:/bin`);
  });
});

describe("crdsOfChart", () => {
  it("brings nothing for a chart it does not know, and does not leave its folder", () => {
    expect(crdsOfChart("oci://example.com/charts/constructor", { ESTATE_MANIFESTS: dir })).toEqual([]);
    expect(crdsOfComponent("../state", { ESTATE_MANIFESTS: dir })).toBeUndefined();
  });

  it("says what to do when it was not told where the CRDs are", () => {
    expect(() => crdsOfChart("flux-operator", {})).toThrow("sandbox -- env");
  });
});

describe("wipe", () => {
  it("refuses what is no cluster, and a sandbox that does not run", async () => {
    writeState(dir, { ports: { etcd: 1 }, parts: {} });
    const clusters = "use: control-plane, dev, prod";
    await expect(wipe("deb", { dir })).rejects.toThrow(
      `no cluster "deb": only a cluster of the sandbox can be wiped; ${clusters}`,
    );
    await expect(wipe("", { dir })).rejects.toThrow(
      `no cluster named: only a cluster of the sandbox can be wiped; ${clusters}`,
    );
    await expect(wipe("dev", { dir })).rejects.toThrow("etcd does not run; run `npm run sandbox -- start`");
  });
});
