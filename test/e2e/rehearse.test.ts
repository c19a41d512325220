import { checkout, destroy, readState } from "@estate/sandbox";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { identify } from "../../sandbox/process";

let folder: string;
let dir: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "estate-rehearse-"));
  dir = join(folder, "sandbox");
});
afterAll(async () => {
  await destroy(dir);
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly end: Promise<number | null>;
}

/** Through npm, as a person runs it: a signal reaches npm, which passes it on. */
function npm(...args: readonly string[]): Running {
  const child = spawn("npm", ["run", "-s", ...args], {
    cwd: checkout,
    env: { ...process.env, ESTATE_SANDBOX: dir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  return { child, output: () => output, end: new Promise((resolve) => child.once("close", resolve)) };
}

async function saying(running: Running, text: string | RegExp): Promise<void> {
  const ended = running.end.then(() => true);
  while (running.output().search(text) < 0) {
    if (await Promise.race([ended, sleep(100, false)]))
      throw new Error(`ended without ${String(text)}:\n${running.output()}`);
  }
}

it("interrupted during `up`, cancels it, stops the sandbox, and leaves no lock; `stop` waits for it meanwhile", async () => {
  const rehearsal = npm("rehearse", "--", "--doubles");
  await saying(rehearsal, /\+ .*(created|creating)/);
  const pids = Object.values(readState(dir)?.parts ?? {}).map(({ pid }) => pid);
  expect(pids.length).toBeGreaterThan(0);
  const stop = npm("sandbox", "--", "stop");
  await saying(stop, `is using the sandbox in ${dir}; waiting until it has ended`);
  for (const pid of pids) expect(identify(pid)).toBeDefined();

  rehearsal.child.kill("SIGTERM");
  expect(await rehearsal.end).toBe(143);
  expect(rehearsal.output()).toContain("SIGTERM: ending what was begun");
  expect(rehearsal.output()).toContain("interrupted by SIGTERM");
  expect(await stop.end).toBe(0);
  for (const pid of pids) expect(identify(pid)).toBeUndefined();
  const locks = join(dir, "pulumi", ".pulumi", "locks");
  const left = existsSync(locks) ? readdirSync(locks, { recursive: true, encoding: "utf8" }) : [];
  expect(left.filter((name) => name.endsWith(".json"))).toEqual([]);
});
