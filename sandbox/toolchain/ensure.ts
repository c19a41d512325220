import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { Complaint } from "../complaint";
import { withLock } from "../lock";
import { cacheFolder } from "../place";
import type { Reporter, Task } from "../progress";
import { goBuild, requireGo, runGo } from "./go";
import { layOut, ownFiles } from "./patched";
import { fitting, isExecutable } from "./probe";
import { tools as allTools, type Tool } from "./tools";

/** Where the tools asked for are. */
export interface Toolchain {
  /** Absolute path of each tool by its name. */
  readonly files: ReadonlyMap<string, string>;
  /** The folders of those files, for PATH. */
  readonly folders: readonly string[];
  /** The file of one tool that was asked for. */
  file(name: string): string;
}

/** What tests replace. */
export interface EnsureOptions {
  readonly tools?: readonly Tool[];
  readonly cache?: string;
  readonly path?: string;
  /** Makes `output` (a file that does not exist yet) from the tool's module. */
  readonly build?: (tool: Tool, output: string, task: Task) => Promise<void>;
}

/**
 * Makes sure that these tools can be run: each is taken from PATH if its version fits, else from the cache, else built
 * once into the cache. A second process that asks for the same tool meanwhile waits for the first.
 */
export async function ensureTools(
  names: readonly string[],
  reporter: Reporter,
  options: EnsureOptions = {},
): Promise<Toolchain> {
  const table = options.tools ?? allTools;
  const wanted = names.map((name) => lookUp(table, name));
  const path = options.path ?? process.env["PATH"] ?? "";
  const files = new Map<string, string>();
  const missing: Tool[] = [];
  for (const tool of wanted) {
    const cached = cachedFile(tool, options.cache);
    // The cache first: asking a file's existence is quicker than asking a tool its version, and it is exactly ours.
    const found = isExecutable(cached) ? cached : await fitting(tool, path, files);
    if (found === undefined) missing.push(tool);
    else files.set(tool.name, found);
  }
  if (missing.length > 0) {
    const list = missing.map((tool) => `${tool.name} v${tool.version}`).join(", ");
    if (options.build === undefined) await requireGo(`it builds what PATH does not have: ${list}`);
    for (const [index, tool] of missing.entries()) {
      const step = `[${String(index + 1)}/${String(missing.length)}]`;
      files.set(tool.name, await buildOnce(tool, step, reporter, options));
    }
  }
  return {
    files,
    folders: [...new Set([...files.values()].map((file) => dirname(file)))],
    file: (name) => {
      const file = files.get(name);
      if (file === undefined) throw new Error(`${name} was not asked for`);
      return file;
    },
  };
}

/** The file a tool is cached as. Its folder's name changes with whatever goes into the build. */
export function cachedFile(tool: Tool, cache = cacheFolder()): string {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", ...ownFiles(tool.patched)])
    hash.update(readIfAny(join(__dirname, tool.folder, name)));
  hash.update(JSON.stringify([tool.package, tool.ldflags ?? [], process.platform, process.arch]));
  return join(cache, "tools", `${tool.name}-${tool.version}-${hash.digest("hex").slice(0, 12)}`, tool.name);
}

function lookUp(table: readonly Tool[], name: string): Tool {
  const tool = table.find((candidate) => candidate.name === name);
  if (tool === undefined) {
    throw new Complaint(
      `unknown tool "${name}"`,
      "it is not in the table",
      `use: ${table.map((t) => t.name).join(", ")}`,
    );
  }
  return tool;
}

async function buildOnce(tool: Tool, step: string, reporter: Reporter, options: EnsureOptions): Promise<string> {
  const target = cachedFile(tool, options.cache);
  const title = `${step} ${tool.name} v${tool.version}`;
  const onWait = (pid: number): void =>
    reporter.line(`${title}: process ${String(pid)} is building it already; waiting for that`);
  return withLock(`${dirname(target)}.lock`, { onWait }, async () => {
    if (isExecutable(target)) return target;
    const task = reporter.begin(`${title}: building from its Go module`);
    try {
      await signalsEndBuild(() => buildInto(target, tool, task, options.build ?? buildFromModule));
    } catch (thrown) {
      task.end("");
      throw thrown;
    }
    task.end(`${title}: built`);
    return target;
  });
}

/** Builds under another name and renames: a file with the tool's own name is always whole. */
async function buildInto(
  target: string,
  tool: Tool,
  task: Task,
  build: NonNullable<EnsureOptions["build"]>,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const draft = `${target}.partial`;
  rmSync(draft, { force: true });
  await build(tool, draft, task);
  renameSync(draft, target);
}

async function buildFromModule(tool: Tool, output: string, task: Task): Promise<void> {
  const folder = join(__dirname, tool.folder);
  const copy = join(dirname(output), "build");
  if (tool.patched !== undefined) await layOut(tool.patched, folder, copy);
  const cwd = tool.patched === undefined ? folder : copy;
  try {
    await goBuild({
      cwd,
      package: tool.package,
      ldflags: tool.ldflags ?? [],
      output,
      onDetail: (text) => task.detail(text),
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  if (tool.scripts === undefined) return;
  const module = (await runGo(["list", "-m", "-f", "{{.Dir}}", tool.module], folder)).trim();
  for (const name of tool.scripts.names) {
    const script = join(dirname(output), name);
    rmSync(script, { force: true });
    copyFileSync(join(module, tool.scripts.folder, name), script);
    chmodSync(script, 0o755);
  }
}

/** Ctrl-C during a build leaves by `process.exit`, so that the exit listeners end go and remove the lock. */
async function signalsEndBuild<T>(work: () => Promise<T>): Promise<T> {
  const leave = (name: NodeJS.Signals): never => process.exit(name === "SIGINT" ? 130 : 143);
  process.once("SIGINT", leave).once("SIGTERM", leave);
  try {
    return await work();
  } finally {
    process.removeListener("SIGINT", leave).removeListener("SIGTERM", leave);
  }
}

function readIfAny(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
