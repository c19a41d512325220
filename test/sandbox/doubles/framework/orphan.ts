import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binFolder, bundleDoubles } from "../../../../sandbox/bundles";

/** A parent like the engine: starts the plugin, passes its first line on, and never ends by itself. */
const PARENT = `
  const child = require("node:child_process").spawn(process.argv[1], ["127.0.0.1:1"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdout.once("data", (line) => console.log(JSON.stringify({ pid: child.pid, line: String(line) })));
  setInterval(() => {}, 1000);
`;

/** What became of a double whose parent was killed without a chance to say goodbye. */
export interface Orphaned {
  /** The first bytes it wrote on stdout. */
  readonly line: string;
  readonly ended: boolean;
}

/** Bundles the doubles, starts one it under a parent, kills the parent with SIGKILL and waits up to five seconds. */
export async function orphan(name: string): Promise<Orphaned> {
  const folder = await mkdtemp(join(tmpdir(), "estate-orphan-"));
  try {
    await bundleDoubles(folder);
    const parent = spawn(process.execPath, ["-e", PARENT, join(binFolder(folder), `pulumi-resource-${name}`)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const text = await new Promise<string>((resolve) => {
      parent.stdout.once("data", (data: Buffer) => resolve(data.toString()));
    });
    const { pid, line } = JSON.parse(text) as { pid: number; line: string };
    parent.kill("SIGKILL");
    for (let waited = 0; waited < 5_000; waited += 50) {
      if (!alive(pid)) return { line, ended: true };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    process.kill(pid, "SIGKILL");
    return { line, ended: false };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // In a container nobody may reap an orphan: one that is only waiting for that has ended.
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return process.platform !== "linux";
  }
}
