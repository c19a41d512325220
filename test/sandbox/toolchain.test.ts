import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { withLock } from "../../sandbox/lock";
import { identify } from "../../sandbox/process";
import { silent } from "../../sandbox/progress";
import { cachedFile, ensureTools, type EnsureOptions } from "../../sandbox/toolchain/ensure";
import { compareVersions, versionIn } from "../../sandbox/toolchain/probe";
import { tools, type Tool } from "../../sandbox/toolchain/tools";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "estate-toolchain-"));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const script = (version: string): string => `#!/bin/sh\necho "sprocket v${version}"\n`;

const sprocket: Tool = {
  name: "sprocket",
  folder: "sprocket",
  package: "example.com/sprocket",
  module: "example.com/sprocket",
  version: "1.2.3",
  fromPath: { args: ["version"], pattern: /v(\d+\.\d+\.\d+)/, atLeast: "1.2.0", below: "1.3.0" },
};

const wheel: Tool = { ...sprocket, name: "wheel", fromPath: { beside: "sprocket" } };

function options(more: Partial<EnsureOptions> = {}): EnsureOptions & { readonly built: string[] } {
  const built: string[] = [];
  const build: EnsureOptions["build"] = async (tool, output) => {
    built.push(tool.name);
    await sleep(50);
    writeFileSync(output, script(tool.version), { mode: 0o755 });
  };
  return { tools: [sprocket, wheel], cache, path: "", build, built, ...more };
}

function onPath(name: string, version: string): string {
  const folder = join(cache, "path");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), script(version), { mode: 0o755 });
  return folder;
}

describe("version probes", () => {
  const said: Record<string, string> = {
    pulumi: "v3.259.0\n",
    etcd: "etcd Version: 3.6.5\nGit SHA: 0123abc\nGo Version: go1.26.1\n",
    "kube-apiserver": "Kubernetes v1.36.3\n",
    "kube-controller-manager": "Kubernetes v1.36.3\n",
    kubectl: "Client Version: v1.36.3\nKustomize Version: v5.8.0\n",
    vault: "Vault v1.21.1 ('0123abc'), built 2025-11-18T13:04:32Z\n",
    registry: "registry github.com/distribution/distribution/v3 v3.1.2\n",
  };

  it.each(tools.filter((tool) => "args" in tool.fromPath).map((tool) => [tool.name, tool] as const))(
    "%s: its own words give its version, and that version fits",
    (name, tool) => {
      if (!("args" in tool.fromPath)) return;
      expect(versionIn(said[name] ?? "", tool.fromPath.pattern)).toBe(tool.version);
      expect(compareVersions(tool.version, tool.fromPath.atLeast)).toBeGreaterThanOrEqual(0);
      expect(compareVersions(tool.version, tool.fromPath.below)).toBeLessThan(0);
    },
  );

  it("compares by number, not by letter", () => {
    expect(compareVersions("1.10.0", "1.9.9")).toBeGreaterThan(0);
    expect(compareVersions("1.26", "1.26.0")).toBe(0);
  });

  it.each(tools.map((tool) => [tool.name, tool] as const))("%s: go.mod has the version of the table", (_name, tool) => {
    const mod = readFileSync(join(__dirname, "../../sandbox/toolchain", tool.folder, "go.mod"), "utf8");
    expect(mod).toContain(`${tool.module} v${tool.version}`);
    expect(mod).toContain(tool.package);
  });
});

describe("ensureTools", () => {
  it("takes a tool from PATH when its version fits, and its neighbour with it", async () => {
    const given = options({ path: onPath("sprocket", "1.2.9") });
    onPath("wheel", "0.0.0");
    const toolchain = await ensureTools(["sprocket", "wheel"], silent, given);
    expect(given.built).toEqual([]);
    expect(toolchain.folders).toEqual([join(cache, "path")]);
  });

  it("builds when the one on PATH does not fit", async () => {
    const given = options({ path: onPath("sprocket", "1.3.0") });
    const toolchain = await ensureTools(["sprocket"], silent, given);
    expect(given.built).toEqual(["sprocket"]);
    expect(toolchain.file("sprocket")).toBe(cachedFile(sprocket, cache));
  });

  it("builds once, and never what was not asked for", async () => {
    const given = options();
    await ensureTools(["sprocket"], silent, given);
    await ensureTools(["sprocket"], silent, given);
    expect(given.built).toEqual(["sprocket"]);
  });

  it("builds once when two ask at the same time, and tells the second that it waits", async () => {
    const given = options();
    const lines: string[] = [];
    const reporter = { ...silent, line: (text: string) => void lines.push(text) };
    await Promise.all([ensureTools(["sprocket"], reporter, given), ensureTools(["sprocket"], reporter, given)]);
    expect(given.built).toEqual(["sprocket"]);
    expect(lines).toEqual([expect.stringContaining("is building it already")]);
  });

  it("keeps nothing of a build that failed, and builds again", async () => {
    const failing = options({
      build: (_tool, output) => {
        writeFileSync(output, "half", { mode: 0o755 });
        return Promise.reject(new Error("interrupted"));
      },
    });
    await expect(ensureTools(["sprocket"], silent, failing)).rejects.toThrow("interrupted");
    expect(existsSync(cachedFile(sprocket, cache))).toBe(false);
    const given = options();
    await ensureTools(["sprocket"], silent, given);
    expect(given.built).toEqual(["sprocket"]);
  });

  it("names the tools there are when asked for an unknown one", async () => {
    await expect(ensureTools(["gear"], silent, options())).rejects.toThrow('unknown tool "gear"');
  });
});

describe("withLock", () => {
  it("takes over the lock of a process that is gone, and of a process id that is somebody else's by now", async () => {
    const file = join(cache, "a", "tool.lock");
    mkdirSync(dirname(file));
    const mine = identify(process.pid);
    for (const stale of ["4194303 1 x\n", `${String(mine?.pid)} 1 x\n`, ""]) {
      writeFileSync(file, stale);
      expect(await withLock(file, {}, () => Promise.resolve("done"))).toBe("done");
      expect(existsSync(file)).toBe(false);
    }
  });

  it("lets many take turns, one at a time, also over a stale lock", async () => {
    const file = join(cache, "tool.lock");
    writeFileSync(file, "4194303 1 x\n");
    let inside = 0;
    const turns = Array.from({ length: 8 }, () =>
      withLock(file, { pollMs: 1 }, async () => {
        expect((inside += 1)).toBe(1);
        await sleep(5);
        inside -= 1;
      }),
    );
    await Promise.all(turns);
    expect(existsSync(file)).toBe(false);
  });

  it("leaves no lock behind a failure", async () => {
    const file = join(cache, "tool.lock");
    await expect(withLock(file, {}, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(file)).toBe(false);
  });
});
