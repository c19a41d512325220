import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { isRecord } from "@estate/clients";

import { Complaint } from "./complaint";
import { backendFolder, jsonField, processEnvironment, pulumiEnvironment } from "./environment";
import { textOf } from "./part";
import { cacheFolder, checkout } from "./place";
import type { Reporter } from "./progress";

/** The stack that a sandbox holds. */
export const stackName = "dev";

/** Runs pulumi in the sandbox's backend. */
export interface PulumiRun {
  readonly dir: string;
  readonly file: string;
  readonly toolFolders: readonly string[];
}

/** Makes the backend's folders. Plugins are kept in the cache: sandboxes share them, and none is in a person's own home. */
export function preparePulumi(dir: string): void {
  mkdirSync(backendFolder(dir), { recursive: true, mode: 0o700 });
  const plugins = join(cacheFolder(), "pulumi-plugins");
  mkdirSync(plugins, { recursive: true });
  mkdirSync(join(dir, "pulumi-home"), { recursive: true, mode: 0o700 });
  const link = join(dir, "pulumi-home", "plugins");
  if (!existsSync(link)) symlinkSync(plugins, link, "dir");
}

/**
 * Makes the stack in the backend when it is not there yet. It works on copies of the project's two files, because
 * `pulumi stack init` writes to the stack file, and the one in the checkout is tracked.
 */
export async function ensureStack(run: PulumiRun, reporter: Reporter): Promise<void> {
  const projectText = textOf(join(checkout, "Pulumi.yaml"));
  const settingsText = textOf(join(checkout, `Pulumi.${stackName}.yaml`));
  if (projectText === undefined || settingsText === undefined) {
    // Without the committed salt the stack would get one of its own, which fits no later Pulumi.dev.yaml.
    reporter.line(`no Pulumi.yaml or Pulumi.${stackName}.yaml in the checkout: no stack is made`);
    return;
  }
  const parsed: unknown = parse(projectText);
  const project = isRecord(parsed) && typeof parsed["name"] === "string" ? parsed["name"] : "estate";
  if (existsSync(join(backendFolder(run.dir), ".pulumi", "stacks", project, `${stackName}.json`))) return;
  const folder = mkdtempSync(join(run.dir, "stack-"));
  try {
    writeFileSync(join(folder, "Pulumi.yaml"), projectText);
    writeFileSync(join(folder, `Pulumi.${stackName}.yaml`), settingsText);
    const { code, output } = await pulumi(run, ["stack", "init", stackName, "--non-interactive"], folder, 60_000);
    if (code !== 0) {
      throw new Complaint(
        `stack ${stackName} cannot be made`,
        output.trim(),
        `see Pulumi.${stackName}.yaml: its encryptionsalt must be the one of the sandbox's passphrase`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the real provider plugins are there or can be had; tried with the smallest one. */
export async function realPluginsCanBeHad(run: PulumiRun): Promise<boolean> {
  const version = jsonField(join(checkout, "node_modules", "@pulumi", "random", "package.json"), "version");
  if (version === undefined) return false;
  if (existsSync(join(cacheFolder(), "pulumi-plugins", `resource-random-v${version}`))) return true;
  const args = ["plugin", "install", "resource", "random", `v${version}`, "--non-interactive"];
  return (await pulumi(run, args, run.dir, 20_000)).code === 0;
}

function pulumi(
  run: PulumiRun,
  args: readonly string[],
  cwd: string,
  timeout: number,
): Promise<{ code: number; output: string }> {
  const own = { ...pulumiEnvironment(run.dir), PATH: run.toolFolders.join(":") };
  const env = { ...process.env, ...processEnvironment(own) };
  return new Promise((resolve) => {
    execFile(run.file, [...args], { cwd, env, timeout, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}
