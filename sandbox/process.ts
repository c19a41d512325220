import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process id together with its start time: an id alone may by now belong to somebody else's process. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** Who holds this id now; undefined when nobody does, or only a zombie waiting to be reaped. */
export function identify(pid: number): ProcessIdentity | undefined {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return process.platform === "linux" ? identifyOnLinux(pid) : identifyByPs(pid);
}

function identifyOnLinux(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The command's name stands in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  if (startTime === undefined || state === "Z" || state === "X") return undefined;
  return { pid, startTime };
}

function identifyByPs(pid: number): ProcessIdentity | undefined {
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const [state, ...startTime] = line.split(/\s+/);
    if (state === undefined || state === "" || state.startsWith("Z")) return undefined;
    return { pid, startTime: startTime.join(" ") };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTime === identity.startTime;
}

/** Ends exactly this process: SIGTERM, and SIGKILL when it has not gone within the bound. */
export async function endProcess(identity: ProcessIdentity, boundMs: number): Promise<"gone" | "ended" | "killed"> {
  if (!signal(identity, "SIGTERM")) return "gone";
  if (await goneWithin(identity, boundMs)) return "ended";
  signal(identity, "SIGKILL");
  await goneWithin(identity, 10_000);
  return "killed";
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, name);
    return true;
  } catch {
    return false;
  }
}

async function goneWithin(identity: ProcessIdentity, boundMs: number): Promise<boolean> {
  const deadline = Date.now() + boundMs;
  while (isRunning(identity)) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}
