import { lastLines, logFile } from "./part";
import { elapsed } from "./progress";
import { probe } from "./probe";
import { isRunning } from "./process";
import { portNames, type SandboxState } from "./state";
import { clusterNames } from "./cluster";

/** How one part is. */
export interface PartStatus {
  readonly name: string;
  readonly state: "running" | "not answering" | "died" | "stopped";
  readonly pid?: number;
  readonly port?: number;
  readonly uptimeMs?: number;
  /** What was seen of one that does not answer. */
  readonly seen?: string;
  /** The end of the log, of one that died. */
  readonly lastLines: readonly string[];
}

/** All parts, in the order in which they are started. */
export const partNames: readonly string[] = [
  "etcd",
  ...clusterNames.flatMap((name) => [`apiserver-${name}`, `controller-manager-${name}`]),
  "vault",
  "gitlab",
  "registry",
  "harbor",
  "ingress",
  "kms",
  "operators",
];

/** How every part is, without asking the parts themselves. */
export function statusOf(dir: string, state: SandboxState): PartStatus[] {
  return partNames.map((name) => {
    const record = state.parts[name];
    const portName = portNames.find((candidate) => candidate === name.replace(/^apiserver-/, ""));
    const port = portName === undefined ? undefined : state.ports[portName];
    const common = { name, lastLines: [], ...(port === undefined ? {} : { port }) };
    if (record === undefined) return { ...common, state: "stopped" };
    if (!isRunning(record)) {
      return { ...common, state: "died", pid: record.pid, lastLines: lastLines(logFile(dir, name), 5) };
    }
    return { ...common, state: "running", pid: record.pid, uptimeMs: Date.now() - Date.parse(record.startedAt) };
  });
}

/** How every part is, each running one asked once whether it is at work: a process alone says little. */
export function askedStatusOf(dir: string, state: SandboxState, boundMs = 3_000): Promise<PartStatus[]> {
  return Promise.all(
    statusOf(dir, state).map(async (part): Promise<PartStatus> => {
      if (part.state !== "running") return part;
      const seen = await probe(dir, state, part.name, boundMs);
      return seen === undefined ? part : { ...part, state: "not answering", seen };
    }),
  );
}

/** Whether something is wrong with a part; one that was never started, or was stopped, is in order. */
export function isAmiss({ state }: PartStatus): boolean {
  return state === "died" || state === "not answering";
}

/** The table `sandbox status` prints. */
export function statusTable(parts: readonly PartStatus[]): string {
  const rows = [
    ["PART", "STATE", "PID", "PORT", "UPTIME"],
    ...parts.map((part) => [
      part.name,
      part.state,
      part.uptimeMs !== undefined && part.pid !== undefined ? String(part.pid) : "-",
      part.port === undefined ? "-" : String(part.port),
      part.uptimeMs === undefined ? "-" : elapsed(part.uptimeMs),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const deaths = parts
    .filter((part) => part.state === "died")
    .flatMap((part) => [
      "",
      `${part.name} (process ${String(part.pid)}) died; the end of its log:`,
      ...part.lastLines.map((line) => `    ${line}`),
    ]);
  const silences = parts
    .filter((part) => part.state === "not answering")
    .flatMap((part) => ["", `${part.name} (process ${String(part.pid)}) runs and is not at work: ${part.seen ?? ""}`]);
  return [...table, ...silences, ...deaths, ""].join("\n");
}
