import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import type { TestProject } from "./project";

/** What a command that was typed did. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
  /** In milliseconds. */
  readonly took: number;
}

/** A box of a page: commands, or settings that belong into a file. */
export interface Box {
  readonly language: string;
  readonly text: string;
}

/** The boxes of a page of docs/, or of the section with this heading, in their order. */
export function boxesOf(project: TestProject, page: string, section?: string): Box[] {
  const text = readFileSync(join(project.dir, "docs", page), "utf8");
  const own =
    section === undefined ? text : (text.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "");
  return [...own.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm)].map(([, language = "", box = ""]) => ({
    language,
    text: box,
  }));
}

/** Runs a command as somebody types it in the project's folder, after `eval "$(npm run -s sandbox -- env)"`. */
export function type(project: TestProject, command: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const began = Date.now();
  const env = { ...process.env, ...project.sandbox.env(), ...more };
  const child = spawn("bash", ["-ec", command], { cwd: project.dir, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, took: Date.now() - began }));
  });
}

/** Runs it and insists on success, telling what was printed otherwise. */
export async function succeed(
  project: TestProject,
  command: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const ran = await type(project, command, more);
  if (ran.code !== 0) throw new Error(`${command} ended with ${String(ran.code)}:\n${ran.output.slice(-6000)}`);
  return ran;
}

/** The paths of all values in nested mappings; a list is one value. */
function leaves(node: unknown, path: readonly string[] = []): (readonly string[])[] {
  return isMap(node) ? node.items.flatMap(({ key, value }) => leaves(value, [...path, String(key)])) : [path];
}

/** Writes settings into the file that the first line names, as a person does in an editor: `# tenants/search.yaml`. */
export function edit(project: TestProject, text: string): void {
  const name = /^# (\S+)\n/.exec(text)?.[1];
  if (name === undefined) throw new Error(`settings that name no file:\n${text}`);
  const file = join(project.dir, name);
  const document = parseDocument(readFileSync(file, "utf8"));
  const root = name.startsWith("Pulumi.") ? ["config"] : [];
  const said = parseDocument(text);
  // The node and not its value: a day in quotes stays in quotes.
  for (const path of leaves(said.contents)) document.setIn([...root, ...path], said.getIn(path, true));
  writeFileSync(file, document.toString());
}
