import { execFile, spawn } from "node:child_process";
import { tmpdir } from "node:os";

import { Complaint } from "../complaint";
import { compareVersions } from "./probe";

/** The oldest Go the committed modules build with. */
export const oldestGo = "1.26.0";

/** Fails with a complaint when Go is missing or too old; `why` says what Go is wanted for. */
export async function requireGo(why: string): Promise<void> {
  const remedy = "install Go 1.26 or newer (https://go.dev/doc/install) and run the command again";
  let said: string;
  try {
    // GOTOOLCHAIN=local: a newer Go fetched behind a person's back would be a download nobody asked for.
    said = (await runGo(["env", "GOVERSION"], tmpdir())).trim();
  } catch (thrown) {
    if (!(thrown instanceof Complaint)) throw thrown;
    throw new Complaint("Go is missing", why, remedy);
  }
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(said)?.[1];
  if (version === undefined || compareVersions(version, oldestGo) < 0) {
    throw new Complaint(`Go is too old (${said}, need 1.26 or newer)`, why, remedy);
  }
}

/** Runs a short go command and gives its stdout; with `anyway`, what it said there of its failure, too. */
export function runGo(args: readonly string[], cwd: string, anyway = false): Promise<string> {
  const options = { cwd, env: { ...process.env, GOTOOLCHAIN: "local", GOWORK: "off" }, maxBuffer: 64 << 20 };
  return new Promise((resolve, reject) => {
    execFile("go", [...args], options, (error, stdout, stderr) => {
      if (error === null || (anyway && stdout.trim() !== "")) resolve(stdout);
      else reject(goFailure(args, stderr.trim() || stdout.trim() || error.message));
    });
  });
}

/** What one build needs. */
export interface GoBuild {
  readonly cwd: string;
  readonly package: string;
  readonly ldflags: readonly string[];
  readonly output: string;
  /** Told what go is at: a module it downloads, a package it compiles. */
  readonly onDetail: (text: string) => void;
}

/** Builds one package by the committed go.mod and go.sum, which it must not change. */
export async function goBuild(build: GoBuild): Promise<void> {
  const args = ["build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-v", "-o", build.output];
  args.push("-ldflags", ["-s -w", ...build.ldflags].join(" "), build.package);
  const env = { ...process.env, GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "" };
  // A process group of its own, so that its compilers can be ended with it.
  const child = spawn("go", args, { cwd: build.cwd, env, stdio: ["ignore", "ignore", "pipe"], detached: true });
  const tail: string[] = [];
  let packages = 0;
  const endChild = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has just gone by itself.
    }
  };
  process.once("exit", endChild);
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    for (const line of chunk.split("\n").filter((text) => text !== "")) {
      tail.push(line);
      if (tail.length > 20) tail.shift();
      if (line.startsWith("go: ")) build.onDetail(line.slice(4));
      else build.onDetail(`${String((packages += 1))} packages, ${line}`);
    }
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code !== 0) throw goFailure(args, tail.join("\n"));
  } finally {
    process.removeListener("exit", endChild);
  }
}

function goFailure(args: readonly string[], said: string): Complaint {
  return new Complaint(
    `\`go ${args.slice(0, 2).join(" ")} ... ${args.at(-1) ?? ""}\` failed`,
    said,
    "if it is a download, check GOPROXY and the network; then run the command again: what is done already is kept",
  );
}
