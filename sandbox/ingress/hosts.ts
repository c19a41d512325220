import { receiverHost } from "../../model/names";
import { clusterNames } from "../cluster";
import { readLedger } from "../operators/ledger";
import type { Route } from "./server";

/** How the names of the clusters' receivers begin, whatever the estate's domain is, which a sandbox does not know. */
const beginnings = clusterNames.map((cluster) => [receiverHost(cluster, ""), cluster] as const);

/** What stands in for the names' entries in DNS: hosts that begin so are at this port of this machine. */
export function hostTable(port: number): Readonly<Record<string, number>> {
  return Object.fromEntries(beginnings.map(([beginning]) => [beginning, port]));
}

/** A receiver's calls go to its cluster's notification-controller, while it is there. */
export function receivers(dir: string): Route {
  return (host) => {
    const cluster = beginnings.find(([beginning]) => host.startsWith(beginning))?.[1];
    if (cluster === undefined) return undefined;
    const { controllers, ports } = readLedger(dir);
    const runs = Object.hasOwn(controllers, `notification-controller-${cluster}`);
    return { port: runs ? ports[`${cluster}/notification-controller/webhooks`] : undefined };
  };
}
