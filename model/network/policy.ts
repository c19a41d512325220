import type { KubernetesObject } from "../kubernetes";
import { isIn, parseRange, type Address, type AddressRange } from "./address";
import { matches, type LabelSelector, type Labels } from "./selector";

/** What a rule may say of ports, and what is asked. */
export type Protocol = "TCP" | "UDP" | "SCTP";

/** One port of one protocol. */
export interface Port {
  readonly protocol: Protocol;
  readonly port: number;
}

/** One end of a connection that is a pod. */
export interface Pod {
  readonly cluster: string;
  readonly namespace: string;
  /** Tells pods of one namespace apart: a pod always reaches itself. */
  readonly name: string;
  readonly labels: Labels;
  /**
   * Addresses that it may have. Some network plugins hold an `ipBlock` against pods, too, and others never do; it counts
   * as a match when one of these is in it, so that the answer is never safer than any plugin.
   */
  readonly addresses: readonly Address[];
  /** Its named ports. When absent, whoever writes the pod chooses: a name may then be any port. */
  readonly ports?: Readonly<Record<string, Port>>;
}

/** One end of a connection: a pod, or an address outside. */
export type End = Pod | Address;

export const isPod = (end: End): end is Pod => "namespace" in end;

interface PolicyPort {
  readonly protocol?: Protocol;
  readonly port?: number | string;
  readonly endPort?: number;
}

interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface PolicyRule {
  readonly ports?: readonly PolicyPort[];
  readonly from?: readonly PolicyPeer[];
  readonly to?: readonly PolicyPeer[];
}

interface PolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly ("Ingress" | "Egress")[];
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

/** What rules of a cluster's network are made of. */
export interface Network {
  /** The labels of each namespace, by name. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  /** The NetworkPolicies of all its namespaces. */
  readonly policies: readonly KubernetesObject[];
}

/** `egress`: what the pod's own namespace lets out; `ingress`: what it lets in. */
export type Direction = "egress" | "ingress";

/** What the policies of one end say. */
export interface Opening {
  /** Whether any policy holds for the pod in this direction: without one, everything passes. */
  readonly held: boolean;
  /** Names of the policies that let it pass. */
  readonly by: readonly string[];
}

/** Whether that end lets it pass. */
export const passes = ({ held, by }: Opening): boolean => !held || by.length > 0;

const specOf = (policy: KubernetesObject): PolicySpec => (policy["spec"] ?? {}) as PolicySpec;

/** The API server's own defaults: ingress always, and egress where there is a rule for it. */
function holdsFor({ policyTypes = [], egress = [] }: PolicySpec, direction: Direction): boolean {
  if (policyTypes.length > 0) return policyTypes.includes(direction === "egress" ? "Egress" : "Ingress");
  return direction === "ingress" || egress.length > 0;
}

/** The policies that hold for a pod in a direction. */
export function policiesOn({ policies }: Network, pod: Pod, direction: Direction): KubernetesObject[] {
  return policies.filter((policy) => {
    const spec = specOf(policy);
    return (
      policy.metadata.namespace === pod.namespace &&
      holdsFor(spec, direction) &&
      matches(spec.podSelector ?? {}, pod.labels)
    );
  });
}

/** A rule's peers: those that it names, all where it names none. */
const peersOf = (rule: PolicyRule, direction: Direction): readonly PolicyPeer[] =>
  (direction === "egress" ? rule.to : rule.from) ?? [];

/** Reads what the API server has checked; throws a RangeError for what it would refuse. */
export function blockOf(cidr: string): AddressRange {
  const range = parseRange(cidr);
  if (range === undefined) throw new RangeError(`a network rule names ${cidr}, which is no block of addresses`);
  return range;
}

function isPeer(
  { podSelector, namespaceSelector, ipBlock }: PolicyPeer,
  { namespaces }: Network,
  own: Pod,
  other: End,
): boolean {
  if (ipBlock !== undefined) {
    if (podSelector !== undefined || namespaceSelector !== undefined)
      throw new RangeError(`a network rule of ${own.namespace} names a block of addresses and pods as one peer`);
    const [block, except] = [blockOf(ipBlock.cidr), (ipBlock.except ?? []).map(blockOf)];
    const addresses = isPod(other) ? other.addresses : [other];
    return addresses.some((address) => isIn(address, block) && !except.some((without) => isIn(address, without)));
  }
  if (podSelector === undefined && namespaceSelector === undefined)
    throw new RangeError(`a network rule of ${own.namespace} names a peer that says nothing`);
  // Labels are known of pods of the same cluster alone: others are addresses to it.
  if (!isPod(other) || other.cluster !== own.cluster) return false;
  const there =
    namespaceSelector === undefined
      ? other.namespace === own.namespace
      : matches(namespaceSelector, {
          ...namespaces.get(other.namespace),
          "kubernetes.io/metadata.name": other.namespace,
        });
  return there && matches(podSelector ?? {}, other.labels);
}

/** A port's name is what the pod calls it that is connected to; an address outside has no names. */
function isNamed(name: string, { protocol, port }: Port, target: End): boolean {
  if (!isPod(target)) return false;
  if (target.ports === undefined) return true;
  const known = target.ports[name];
  return known?.port === port && known.protocol === protocol;
}

function isPort({ protocol = "TCP", port, endPort }: PolicyPort, asked: Port, target: End): boolean {
  if (protocol !== asked.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === "string") return isNamed(port, asked, target);
  return port <= asked.port && asked.port <= (endPort ?? port);
}

/** What the policies on `own` say of its traffic with `other`: `port` is the one that is connected to. */
export function opening(network: Network, direction: Direction, own: Pod, other: End, port: Port): Opening {
  const held = policiesOn(network, own, direction);
  const target = direction === "egress" ? other : own;
  const opens = (rule: PolicyRule): boolean => {
    const peers = peersOf(rule, direction);
    const ports = rule.ports ?? [];
    return (
      (peers.length === 0 || peers.some((peer) => isPeer(peer, network, own, other))) &&
      (ports.length === 0 || ports.some((each) => isPort(each, port, target)))
    );
  };
  return {
    held: held.length > 0,
    by: held.filter((policy) => (specOf(policy)[direction] ?? []).some(opens)).map(({ metadata }) => metadata.name),
  };
}

/** Numbers of ports at which what the policies say may change: the answer is one from each to the next. */
export function portSteps(policies: readonly KubernetesObject[], protocol: Protocol): number[] {
  const said = policies
    .flatMap((policy) => [...(specOf(policy).ingress ?? []), ...(specOf(policy).egress ?? [])])
    .flatMap(({ ports = [] }) => ports)
    .filter((each) => (each.protocol ?? "TCP") === protocol)
    .flatMap(({ port, endPort }) => (typeof port === "number" ? [port, (endPort ?? port) + 1] : []));
  return [...new Set([1, ...said])].filter((port) => port <= 65_535).sort((a, b) => a - b);
}

/** Blocks, and what is taken out of them, that policies name. */
export function blocksIn(policies: readonly KubernetesObject[]): AddressRange[] {
  return policies
    .flatMap((policy) => [...(specOf(policy).ingress ?? []), ...(specOf(policy).egress ?? [])])
    .flatMap((rule) => [...(rule.from ?? []), ...(rule.to ?? [])])
    .flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock.cidr, ...(ipBlock.except ?? [])]))
    .map(blockOf);
}
