import type { Address, AddressRange } from "./address";
import {
  blocksIn,
  isPod,
  opening,
  passes,
  policiesOn,
  portSteps,
  type End,
  type Network,
  type Opening,
  type Port,
  type Protocol,
} from "./policy";

/** The network rules of each cluster, by its name. */
export type Networks = ReadonlyMap<string, Network>;

/** Whether a connection passes, and what each end's own cluster says of it. An end that is no pod has nobody to say. */
export interface Verdict {
  readonly open: boolean;
  readonly egress?: Opening;
  readonly ingress?: Opening;
}

function networkOf(networks: Networks, cluster: string): Network {
  const found = networks.get(cluster);
  if (found === undefined) throw new RangeError(`no cluster ${cluster} in the plan`);
  return found;
}

/**
 * Whether `from` may connect to `to`, by the NetworkPolicies alone: both ends must let it pass, and answers come back by
 * themselves. What no policy can say is no part of it: a node reaches its own pods (probes), a pod in the node's network
 * is the node, and whether a route leads there at all.
 */
export function reach(networks: Networks, from: End, to: End, port: Port): Verdict {
  // A pod cannot be kept from itself.
  if (isPod(from) && isPod(to) && from.cluster === to.cluster && from.namespace === to.namespace)
    if (from.name === to.name) return { open: true };
  const egress = isPod(from) ? opening(networkOf(networks, from.cluster), "egress", from, to, port) : undefined;
  const ingress = isPod(to) ? opening(networkOf(networks, to.cluster), "ingress", to, from, port) : undefined;
  return {
    open: (egress === undefined || passes(egress)) && (ingress === undefined || passes(ingress)),
    ...(egress === undefined ? {} : { egress }),
    ...(ingress === undefined ? {} : { ingress }),
  };
}

/** Ports beside each other that are open for the same reasons. */
export interface Passage {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
  /** Policies that let it out of `from`, and into `to`; empty where none holds. */
  readonly out: readonly string[];
  readonly into: readonly string[];
}

const protocols: readonly Protocol[] = ["TCP", "UDP", "SCTP"];

/** All ports by which `from` reaches `to`, in order. What the answer depends on is asked once, and not 65,535 times. */
export function passages(networks: Networks, from: End, to: End): Passage[] {
  const policies = [
    ...(isPod(from) ? policiesOn(networkOf(networks, from.cluster), from, "egress") : []),
    ...(isPod(to) ? policiesOn(networkOf(networks, to.cluster), to, "ingress") : []),
  ];
  return protocols.flatMap((protocol) => {
    const steps = portSteps(policies, protocol);
    const result: Passage[] = [];
    steps.forEach((first, index) => {
      const { open, egress, ingress } = reach(networks, from, to, { protocol, port: first });
      if (!open) return;
      const [out, into] = [egress?.by ?? [], ingress?.by ?? []];
      const last = (steps[index + 1] ?? 65_536) - 1;
      const before = result.at(-1);
      const same =
        before?.last === first - 1 && `${before.out.join()}|${before.into.join()}` === `${out.join()}|${into.join()}`;
      if (before !== undefined && same) result[result.length - 1] = { ...before, last };
      else result.push({ protocol, first, last, out, into });
    });
    return result;
  });
}

/** Addresses of a range for which one and the same holds: the first of each part, with the part. */
export function partsOf(
  networks: Networks,
  range: AddressRange,
): { readonly one: Address; readonly part: AddressRange }[] {
  const { family, first, last } = range;
  const edges = [...networks.values()]
    .flatMap(({ policies }) => blocksIn(policies))
    .filter((block) => block.family === family)
    .flatMap((block) => [block.first, block.last + 1n])
    .filter((edge) => first < edge && edge <= last);
  const starts = [...new Set([first, ...edges])].sort((a, b) => (a < b ? -1 : 1));
  return starts.map((start, index) => ({
    one: { family, number: start },
    part: { family, first: start, last: (starts[index + 1] ?? last + 1n) - 1n },
  }));
}
