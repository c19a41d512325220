import { isRecord } from "@estate/clients";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Complaint } from "./complaint";
import { clusterNames } from "./cluster";
import type { Edition } from "./gitlab/model";
import type { PartRecord } from "./part";

/** Everything that listens. */
export const portNames = [
  "etcd",
  "etcd-peer",
  ...clusterNames,
  "vault",
  "vault-cluster",
  "gitlab",
  "registry",
  "harbor",
  "ingress",
  "kms",
] as const;

export type PortName = (typeof portNames)[number];

/** What the sandbox remembers between commands: `<dir>/state.json`. */
export interface SandboxState {
  readonly ports: Partial<Record<PortName, number>>;
  readonly parts: Record<string, PartRecord>;
  /** Which provider plugins are used, decided once at `start`. */
  readonly plugins?: "real" | "doubles";
  /** What GitLab's stand-in is licensed for. */
  readonly gitlabEdition?: Edition;
  /** The folders of the tools, for PATH. */
  readonly toolFolders?: readonly string[];
  /** The folder with the components' CRDs. */
  readonly manifests?: string;
}

const stateFile = (dir: string): string => join(dir, "state.json");

/** The state of a folder; undefined when no sandbox was ever started there. */
export function readState(dir: string): SandboxState | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile(dir), "utf8");
  } catch {
    return undefined;
  }
  const value: unknown = parse(text);
  if (!isState(value)) {
    throw new Complaint(
      `${stateFile(dir)} cannot be read`,
      "it is not what the sandbox writes",
      `remove the folder ${dir}`,
    );
  }
  return value;
}

/** Writes whole or not at all. */
export function writeState(dir: string, state: SandboxState): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const draft = `${stateFile(dir)}.${String(process.pid)}`;
  writeFileSync(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, stateFile(dir));
}

function isState(value: unknown): value is SandboxState {
  if (!isRecord(value) || !isRecord(value["ports"]) || !isRecord(value["parts"])) return false;
  return Object.values(value["parts"]).every(
    (part) => isRecord(part) && typeof part["pid"] === "number" && typeof part["startTime"] === "string",
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Held by whoever starts or ends parts. */
export const lockFile = (dir: string): string => join(dir, "lock");

/** The state of a folder's sandbox; a complaint when there is none. */
export function stateOf(dir: string): SandboxState {
  const state = readState(dir);
  if (state === undefined) {
    throw new Complaint(
      `no sandbox in ${dir}`,
      "none was ever started there",
      "run `npm run sandbox -- start`, or name its folder by --dir",
    );
  }
  return state;
}
