import { isRecord } from "@estate/clients";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { endProcess, type ProcessIdentity } from "../process";

/** A controller that the operators started; it stays on record until it is stopped, so that a death can be told. */
export interface ControllerRecord extends ProcessIdentity {
  readonly startedAt: string;
  /** Where it tells how it is. */
  readonly port: number;
}

/** What the operators wrote down of their controllers: `<dir>/operators/controllers.json`. */
export interface Ledger {
  /** By `<controller>-<cluster>`, which is also the name of the log. */
  readonly controllers: Readonly<Record<string, ControllerRecord>>;
  /** `<cluster>/<component>` that a FluxInstance lists, and for which no process runs. */
  readonly notSimulated: readonly string[];
  /** Kept between starts. */
  readonly ports: Readonly<Record<string, number>>;
}

const ledgerFile = (dir: string): string => join(dir, "operators", "controllers.json");

/** The folder in which a controller of a cluster keeps its files. */
export const controllerFolder = (dir: string, cluster: string, name: string): string =>
  join(dir, "operators", cluster, name);

/** What is on record; nothing when the operators never ran. */
export function readLedger(dir: string): Ledger {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(ledgerFile(dir), "utf8"));
  } catch {
    value = undefined;
  }
  const { controllers, notSimulated, ports } = isRecord(value) ? value : {};
  return {
    controllers: Object.fromEntries(Object.entries(isRecord(controllers) ? controllers : {}).filter(isEntry)),
    notSimulated: Array.isArray(notSimulated) ? notSimulated.filter((name) => typeof name === "string") : [],
    ports: Object.fromEntries(
      Object.entries(isRecord(ports) ? ports : {}).filter((e): e is [string, number] => typeof e[1] === "number"),
    ),
  };
}

/** Writes whole or not at all. */
export function writeLedger(dir: string, ledger: Ledger): void {
  const file = ledgerFile(dir);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${String(process.pid)}`;
  writeFileSync(draft, `${JSON.stringify(ledger, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** All operators live in one process, and this does not wait in between: no other's word is lost. */
export function changeLedger(dir: string, change: (ledger: Ledger) => Ledger): void {
  const before = readLedger(dir);
  const after = change(before);
  if (!isDeepStrictEqual(before, after)) writeLedger(dir, after);
}

/** Notes which components somebody asked for on a cluster, for which no process runs. */
export function noteNotSimulated(dir: string, cluster: string, names: readonly string[]): void {
  changeLedger(dir, (ledger) => ({
    ...ledger,
    notSimulated: [
      ...ledger.notSimulated.filter((name) => !name.startsWith(`${cluster}/`)),
      ...names.map((name) => `${cluster}/${name}`),
    ].sort(),
  }));
}

/** Ends what operators that were killed have left behind. */
export async function endControllers(dir: string): Promise<void> {
  const ledger = readLedger(dir);
  await Promise.all(Object.values(ledger.controllers).map((record) => endProcess(record, 10_000)));
  if (Object.keys(ledger.controllers).length > 0) writeLedger(dir, { ...ledger, controllers: {}, notSimulated: [] });
}

/** Ends the controllers of one cluster, and leaves the record to the operators, who are at work. */
export async function endControllersOf(dir: string, cluster: string): Promise<void> {
  const own = Object.entries(readLedger(dir).controllers).filter(([name]) => name.endsWith(`-${cluster}`));
  await Promise.all(own.map(([, record]) => endProcess(record, 0)));
}

function isEntry(entry: [string, unknown]): entry is [string, ControllerRecord] {
  const [, value] = entry;
  return (
    isRecord(value) &&
    typeof value["pid"] === "number" &&
    typeof value["startTime"] === "string" &&
    typeof value["startedAt"] === "string" &&
    typeof value["port"] === "number"
  );
}
