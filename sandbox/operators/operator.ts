import type { KubernetesClient } from "@estate/clients";

import type { Fleet } from "./fleet";

/** What every operator has at hand. */
export interface Workshop {
  /** The sandbox's folder. */
  readonly dir: string;
  readonly kubeconfig: string;
  /** The files of the programs there are, by their names. */
  readonly files: Readonly<Record<string, string>>;
  /** The port of `<cluster>/<program>/<listener>`. */
  readonly ports: Readonly<Record<string, number>>;
}

/** What stands in, on one cluster, for something that brings programs. */
export interface Operator {
  /** Brings the cluster a step nearer to what is asked for there; gives what it did, in words. */
  reconcile(client: KubernetesClient): Promise<string[]>;
}

/** One kind of operator: a file of its own, and a name in the list of main.ts. */
export interface OperatorKind {
  /** The programs it may bring, and the names of each one's ports: `health` first. */
  readonly programs: Readonly<Record<string, readonly string[]>>;
  /** The operator of one cluster; the fleet is its own. */
  readonly on: (cluster: string, workshop: Workshop, fleet: Fleet) => Operator;
}

/** For each program there may be dozens of, on one person's machine: a small heap, and never more than two at once. */
export const modestGo: Readonly<Record<string, string>> = { GOMEMLIMIT: "256MiB", GOMAXPROCS: "2" };
