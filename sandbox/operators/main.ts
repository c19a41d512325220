import { isRecord, KubernetesClient } from "@estate/clients";
import { setTimeout as sleep } from "node:timers/promises";

import { choosePorts } from "../ports";
import { externalSecretsRelease } from "./external-secrets";
import { Fleet } from "./fleet";
import { fluxInstance } from "./flux";
import { endControllers, readLedger, writeLedger } from "./ledger";
import type { Operator, OperatorKind } from "./operator";

/** All there are. */
const kinds: readonly OperatorKind[] = [fluxInstance, externalSecretsRelease];

/**
 * The operators' stand-in: one process for all clusters. The sandbox has no nodes, so nothing that is installed runs as a
 * pod; this does the part of it that others wait for, and keeps the programs it would bring as its children. Its log is
 * told apart by cluster; each program has a log of its own.
 */
async function main(contexts: readonly string[]): Promise<void> {
  const dir = process.env["ESTATE_SANDBOX"] ?? "";
  const kubeconfig = process.env["KUBECONFIG"] ?? "";
  const files = filesOf(process.env["ESTATE_CONTROLLERS"] ?? "{}");
  say("all", "the operators' stand-in starts");
  // Those of operators that were killed: two of one controller would work against each other.
  await endControllers(dir);
  const workshop = { dir, kubeconfig, files, ports: await portsOf(dir, contexts, Object.keys(files)) };
  const fleets: Fleet[] = [];
  const turns: Promise<void>[] = [];
  let leaving = false;
  for (const context of contexts) {
    const operators = kinds.map((kind) => {
      const fleet = new Fleet(dir, (text) => say(context, text));
      fleets.push(fleet);
      return kind.on(context, workshop, fleet);
    });
    turns.push(tend(context, kubeconfig, operators, () => leaving));
  }
  const leave = async (): Promise<never> => {
    leaving = true;
    // A turn that is under way could still start something.
    await Promise.race([Promise.all(turns), sleep(5_000)]);
    await Promise.all(fleets.map((fleet) => fleet.stop()));
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void leave());
}

async function tend(context: string, path: string, operators: readonly Operator[], left: () => boolean): Promise<void> {
  const said = new Map<unknown, string>();
  /** One that fails is tried again at the next turn, and keeps none of the others from theirs. */
  const attempt = async (what: unknown, work: () => Promise<readonly string[]>): Promise<void> => {
    try {
      for (const line of await work()) say(context, line);
      said.delete(what);
    } catch (thrown) {
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      if (text !== said.get(what)) say(context, text);
      said.set(what, text);
    }
  };
  while (!left()) {
    await attempt(context, async () => {
      // A client for each turn: the ports in the kubeconfig and what is served may have changed meanwhile.
      const client = KubernetesClient.fromKubeconfig({ path, context });
      for (const operator of operators) await attempt(operator, () => operator.reconcile(client));
      client.close();
      return [];
    });
    await sleep(1_000);
  }
}

/** All ports at once and at the start, when nothing of ours listens: so no two get one, and they stay. */
async function portsOf(
  dir: string,
  contexts: readonly string[],
  there: readonly string[],
): Promise<Record<string, number>> {
  const programs = kinds.flatMap((kind) => Object.entries(kind.programs)).filter(([name]) => there.includes(name));
  const names = contexts.flatMap((context) =>
    programs.flatMap(([name, listeners]) => listeners.map((listener) => `${context}/${name}/${listener}`)),
  );
  const ledger = readLedger(dir);
  const ports = await choosePorts(names, dir, ledger.ports);
  writeLedger(dir, { ...ledger, ports });
  return ports;
}

function filesOf(text: string): Record<string, string> {
  const value: unknown = JSON.parse(text);
  const entries = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function say(context: string, text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${context}: ${text}\n`);
}

void main(process.argv.slice(2));
