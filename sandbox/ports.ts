import { createHash } from "node:crypto";
import { createServer } from "node:net";

import { Complaint } from "./complaint";

/**
 * Where ports are taken: above what services usually use, and below the ephemeral range of Linux. A "free" port above
 * 32768 can belong to an outgoing connection a moment later.
 */
export const portRange = { first: 10_000, last: 32_767 } as const;

/** Whether nobody listens there. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A port for every name. Remembered ports that are still free stay. New ones begin at a place that follows from the
 * folder, so that two sandboxes started at the same moment do not reach for the same ones.
 */
export async function choosePorts<Name extends string>(
  names: readonly Name[],
  folder: string,
  remembered: Readonly<Partial<Record<Name, number>>>,
  free: (port: number) => Promise<boolean> = isFree,
): Promise<Record<Name, number>> {
  const taken = new Set<number>();
  const chosen = new Map<Name, number>();
  for (const name of names) {
    const port = remembered[name];
    if (port === undefined || !inRange(port) || taken.has(port) || !(await free(port))) continue;
    chosen.set(name, port);
    taken.add(port);
  }
  const size = portRange.last - portRange.first + 1;
  let offset = createHash("sha256").update(folder).digest().readUInt32BE(0) % size;
  let tries = 0;
  for (const name of names.filter((candidate) => !chosen.has(candidate))) {
    for (;;) {
      if ((tries += 1) > size) {
        throw new Complaint(
          "no free port",
          "all of 10000 to 32767 on 127.0.0.1 are taken",
          "end something that listens",
        );
      }
      const port = portRange.first + offset;
      offset = (offset + 1) % size;
      if (taken.has(port) || !(await free(port))) continue;
      chosen.set(name, port);
      taken.add(port);
      break;
    }
  }
  return Object.fromEntries(chosen) as Record<Name, number>;
}

function inRange(port: number): boolean {
  return Number.isInteger(port) && port >= portRange.first && port <= portRange.last;
}
