import { lastLines, logFile } from "../part";
import { isRunning } from "../process";
import type { PartStatus } from "../status";
import { readLedger } from "./ledger";

/** How the controllers are that the operators run: none before a FluxInstance asks for them. */
export function controllerStatus(dir: string): PartStatus[] {
  return Object.entries(readLedger(dir).controllers)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([name, record]) => {
      const common = { name, pid: record.pid, port: record.port };
      // It is started again, after a pause that grows.
      if (!isRunning(record)) return { ...common, state: "died", lastLines: lastLines(logFile(dir, name), 5) };
      return { ...common, state: "running", uptimeMs: Date.now() - Date.parse(record.startedAt), lastLines: [] };
    });
}

/** The names of all controllers that have a log. */
export function controllerNames(dir: string): string[] {
  return Object.keys(readLedger(dir).controllers);
}

/** Which components somebody asked for that no process stands for; an empty text when there are none. */
export function notSimulatedText(dir: string): string {
  const names = new Set(readLedger(dir).notSimulated.map((name) => name.slice(name.indexOf("/") + 1)));
  return names.size === 0 ? "" : `\nonly CRDs, no process (docs/sandbox.md): ${[...names].sort().join(", ")}\n`;
}
