import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Problem } from "../model/problem";
import { mistake } from "./mistake";

/** Variables of the process; a test hands in its own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The fields of an entry. Unknown ones are kept: the format is Kubernetes' own and grows. */
const fields = z.record(z.string(), z.unknown());
const entries = (key: "cluster" | "user" | "context") =>
  z
    .array(z.looseObject({ name: z.string() }))
    .nullish()
    .transform((items) => new Map((items ?? []).map((item) => [item.name, fields.catch({}).parse(item[key])])));

const kubeconfig = z.looseObject({
  clusters: entries("cluster"),
  users: entries("user"),
  contexts: entries("context"),
});

/** Fields by name of the cluster, the user or the context. */
type Entries = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Several kubeconfig files as one. */
export interface Kubeconfig {
  readonly clusters: Entries;
  readonly users: Entries;
  readonly contexts: Entries;
  /** The files that were looked for. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/** The files that kubectl would read, in its order. */
export function kubeconfigFiles(environment: Environment): string[] {
  const listed = (environment["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? homedir();
  return [...new Set(listed.length > 0 ? listed : [join(home, ".kube", "config")])];
}

/** File names in entries are relative to the file that holds them. */
const fileFields = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

function withAbsolutePaths(entry: Readonly<Record<string, unknown>>, folder: string): Record<string, unknown> {
  const fixed = Object.entries(entry).map(([key, value]): [string, unknown] => [
    key,
    fileFields.includes(key) && typeof value === "string" && value !== "" && !isAbsolute(value)
      ? resolve(folder, value)
      : value,
  ]);
  const result = Object.fromEntries(fixed);
  const exec = fields.safeParse(result["exec"]);
  // A command with a slash is a file, too; a bare one is looked for along PATH.
  const command = exec.success ? exec.data["command"] : undefined;
  if (exec.success && typeof command === "string" && command.includes("/") && !isAbsolute(command))
    result["exec"] = { ...exec.data, command: resolve(folder, command) };
  return result;
}

function mergeInto(target: Map<string, Readonly<Record<string, unknown>>>, entries: Entries, folder: string): void {
  for (const [name, entry] of entries) if (!target.has(name)) target.set(name, withAbsolutePaths(entry, folder));
}

/** Reads and merges as kubectl does: of two entries with one name the first counts, and missing files are passed over. */
export function readKubeconfig(environment: Environment): Kubeconfig {
  const files = kubeconfigFiles(environment);
  const clusters = new Map<string, Readonly<Record<string, unknown>>>();
  const users = new Map<string, Readonly<Record<string, unknown>>>();
  const contexts = new Map<string, Readonly<Record<string, unknown>>>();
  const problems: Problem[] = [];
  for (const file of files.filter((path) => existsSync(path))) {
    try {
      const found = kubeconfig.parse(parse(readFileSync(file, "utf8")) ?? {});
      const folder = dirname(resolve(file));
      mergeInto(clusters, found.clusters, folder);
      mergeInto(users, found.users, folder);
      mergeInto(contexts, found.contexts, folder);
    } catch {
      // What the parser says may repeat credentials.
      problems.push(
        mistake("P003", { file }, "not a kubeconfig that can be read", "check it with: kubectl config view"),
      );
    }
  }
  return { clusters, users, contexts, files, problems };
}
