import { lastLines, logFile } from "./part";
import { elapsed } from "./progress";
import { isRunning } from "./process";
import { portNames, type SandboxState } from "./state";
import { clusterNames } from "./cluster";

/** How one part is. */
export interface PartStatus {
  readonly name: string;
  readonly state: "running" | "died" | "stopped";
  readonly pid?: number;
  readonly port?: number;
  readonly uptimeMs?: number;
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

/** The table `sandbox status` prints. */
export function statusTable(parts: readonly PartStatus[]): string {
  const rows = [
    ["PART", "STATE", "PID", "PORT", "UPTIME"],
    ...parts.map((part) => [
      part.name,
      part.state,
      part.state === "running" && part.pid !== undefined ? String(part.pid) : "-",
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
  return [...table, ...deaths, ""].join("\n");
}
