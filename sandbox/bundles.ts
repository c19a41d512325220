import { build } from "esbuild";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Complaint, reasonOf } from "./complaint";
import { textOf } from "./part";
import { checkout } from "./place";

/** The folder with the executables of the doubles, for PATH. */
export const binFolder = (dir: string): string => join(dir, "bin");

/**
 * The folder with AWS: the double of its provider, and the command by which kubeconfigs log in to EKS. Always on PATH, with
 * real plugins for everything else, too: a sandbox must never reach an account.
 */
export const awsBinFolder = (dir: string): string => join(dir, "aws", "bin");

/** The doubles there are: every folder of sandbox/doubles with a main.ts. */
export function doubleNames(): string[] {
  const folder = join(checkout, "sandbox", "doubles");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "main.ts")))
    .sort();
}

/** Bundles every double and writes its executable `pulumi-resource-<name>`; what has not changed is not touched. */
export async function bundleDoubles(dir: string): Promise<void> {
  const entry = (name: string, file: string): string => join(checkout, "sandbox", "doubles", name, file);
  const command = executable(join(awsBinFolder(dir), "aws"), bundle(dir, entry("aws", "cli.ts"), "aws-cli"));
  const doubles = doubleNames().map((name) => {
    const folder = name === "aws" ? awsBinFolder(dir) : binFolder(dir);
    return executable(join(folder, `pulumi-resource-${name}`), bundle(dir, entry(name, "main.ts"), name));
  });
  await Promise.all([command, ...doubles]);
}

/** Writes what runs a bundle under a name of its own. */
async function executable(file: string, bundled: Promise<string>): Promise<void> {
  put(file, `#!/bin/sh\nexec node ${shellQuoted(await bundled)} "$@"\n`);
  chmodSync(file, 0o755);
}

/** Bundles one entry into `<dir>/bin/<name>.cjs`, so that it starts quickly and needs no loader. */
export async function bundle(dir: string, entry: string, name: string): Promise<string> {
  const target = join(binFolder(dir), `${name}.cjs`);
  put(target, await bundleFile(entry));
  return target;
}

/** The text of one entry's bundle; what is external is required where it runs. */
export async function bundleFile(entry: string, external: readonly string[] = []): Promise<string> {
  try {
    const result = await build({
      entryPoints: [entry],
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      write: false,
      logLevel: "silent",
      absWorkingDir: checkout,
      external: [...external],
    });
    return result.outputFiles[0]?.text ?? "";
  } catch (thrown) {
    throw new Complaint(`${entry} cannot be bundled`, reasonOf(thrown), "mend it and run the command again");
  }
}

/** By rename: a file that is being run now keeps its old content. */
function put(file: string, text: string): void {
  if (textOf(file) === text) return;
  mkdirSync(join(file, ".."), { recursive: true });
  const draft = `${file}.${String(process.pid)}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

/** A word a POSIX shell reads back as exactly this text. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
