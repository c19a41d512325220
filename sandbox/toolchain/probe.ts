import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import type { FromPath, Tool } from "./tools";

/** Where PATH has an executable of this name; undefined when nowhere. */
export function onPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** Whether it is a file that may be executed. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The version in a tool's own words; undefined when it says none. */
export function versionIn(output: string, pattern: RegExp): string | undefined {
  return pattern.exec(output)?.[1];
}

/** Compares `1.2.3` with `1.10.0` by number. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The tool on PATH when its version fits, as an absolute path. `taken` holds what was found for tools before it. */
export async function fitting(
  tool: Tool,
  path: string,
  taken: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  if ("beside" in tool.fromPath) {
    const neighbour = taken.get(tool.fromPath.beside);
    const file = neighbour === undefined ? undefined : join(dirname(neighbour), tool.name);
    return file !== undefined && isExecutable(file) ? file : undefined;
  }
  if ("never" in tool.fromPath) return undefined;
  const file = onPath(tool.name, path);
  if (file === undefined) return undefined;
  const version = versionIn(await outputOf(file, tool.fromPath.args), tool.fromPath.pattern);
  return version !== undefined && inRange(version, tool.fromPath) ? file : undefined;
}

function inRange(version: string, range: Extract<FromPath, { atLeast: string }>): boolean {
  return compareVersions(version, range.atLeast) >= 0 && compareVersions(version, range.below) < 0;
}

function outputOf(file: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return new Promise((resolve) => {
    execFile(file, [...args], { timeout: 20_000, env }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}
