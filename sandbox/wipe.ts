import { isRecord } from "@estate/clients";
import { rmSync } from "node:fs";
import { join } from "node:path";

import { clusterNames, type ClusterName } from "./cluster";
import { Complaint } from "./complaint";
import { etcdAddress } from "./etcd";
import { withLock } from "./lock";
import { endControllersOf } from "./operators/ledger";
import { sandboxFolder } from "./place";
import { endProcess, isRunning } from "./process";
import { start, type Sandbox, type StartOptions } from "./sandbox";
import { lockFile, stateOf, writeState } from "./state";

/**
 * Loses a cluster and starts it anew: everything that was in it is gone, as after the loss of its etcd. What lies beside
 * its etcd stays: address, certificate, and the signing key of its ServiceAccounts' tokens.
 */
export async function wipe(name: string, options: Pick<StartOptions, "dir" | "reporter"> = {}): Promise<Sandbox> {
  const cluster = clusterNames.find((known) => known === name);
  if (cluster === undefined) {
    throw new Complaint(
      name === "" ? "no cluster named" : `no cluster "${name}"`,
      "only a cluster of the sandbox can be wiped",
      `use: ${clusterNames.join(", ")}`,
    );
  }
  const dir = sandboxFolder(options.dir);
  const lost = await withLock(lockFile(dir), { pollMs: 100 }, () => lose(dir, cluster));
  options.reporter?.line(`${cluster}: ${String(lost)} keys are gone from etcd`);
  return start({ ...options, dir });
}

async function lose(dir: string, cluster: ClusterName): Promise<number> {
  const { parts, ports } = stateOf(dir);
  if (parts["etcd"] === undefined || !isRunning(parts["etcd"])) {
    throw new Complaint(`${cluster} cannot be wiped`, "etcd does not run", "run `npm run sandbox -- start`");
  }
  const going = [`apiserver-${cluster}`, `controller-manager-${cluster}`];
  // No time to say goodbye: a cluster that is lost has none either.
  for (const name of going) if (parts[name] !== undefined) await endProcess(parts[name], 0);
  // After the API server, without which the operators cannot start them again.
  await endControllersOf(dir, cluster);
  rmSync(join(dir, "operators", cluster), { recursive: true, force: true });
  const lost = await empty(etcdAddress(ports.etcd ?? 0), `/${cluster}/`);
  const left = Object.fromEntries(Object.entries(parts).filter(([name]) => !going.includes(name)));
  writeState(dir, { ...stateOf(dir), parts: left });
  return lost;
}

/** Deletes all keys below a prefix that ends with a slash, by etcd's JSON gateway; gives how many there were. */
async function empty(etcd: string, prefix: string): Promise<number> {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  // The end of a range is exclusive, and `0` is what comes after `/`.
  const range = { key: base64(prefix), range_end: base64(`${prefix.slice(0, -1)}0`) };
  const answer = await fetch(`${etcd}/v3/kv/deleterange`, { method: "POST", body: JSON.stringify(range) });
  const told: unknown = await answer.json();
  if (answer.status !== 200) throw new Error(`etcd does not delete ${prefix}: ${JSON.stringify(told)}`);
  return Number(isRecord(told) ? (told["deleted"] ?? 0) : 0);
}
