import type { LifecycleState } from "../model/home";

/** Its GitOps engine. */
export interface HeldEngine {
  /** Its name. */
  readonly kind: string;
  /** Whether what it brought stays when it goes. */
  readonly leaves: boolean;
}

/** What a stack held after its last run. */
export interface Held {
  readonly tenants: readonly HeldTenant[];
  /** Absent for a stack that was never raised. */
  readonly engine?: HeldEngine;
}

/** A tenant as a stack held it after its last run. */
export interface HeldTenant {
  readonly name: string;
  readonly state: LifecycleState;
  /** Its namespaces. */
  readonly homes: readonly HeldHome[];
}

/** One namespace of a tenant. */
export interface HeldHome {
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: string;
}

const states: readonly string[] = ["active", "suspended", "retiring", "removed"] satisfies LifecycleState[];

function isState(value: unknown): value is LifecycleState {
  return typeof value === "string" && states.includes(value);
}

function entriesOf(value: unknown): (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function homesOf(namespaces: unknown): HeldHome[] {
  return entriesOf(namespaces).flatMap(([environment, places]) =>
    (Array.isArray(places) ? (places as readonly unknown[]) : []).flatMap((place) => {
      const [cluster, namespace] = String(place).split("/");
      return cluster === undefined || namespace === undefined ? [] : [{ environment, cluster, namespace }];
    }),
  );
}

/**
 * What a stack's output `tenants` says that it holds. A stack that was never raised, or has no tenants, has none. Tenants
 * that are removed are left out: nothing of them is there to be lost.
 */
export function heldTenants(output: unknown): HeldTenant[] {
  return entriesOf(output).flatMap(([name, value]) => {
    const { state, namespaces } = Object.fromEntries(entriesOf(value));
    return isState(state) && state !== "removed" ? [{ name, state, homes: homesOf(namespaces) }] : [];
  });
}

/** What a stack's output `gitops` says of its engine. */
function engineIn(output: unknown): HeldEngine | undefined {
  const { kind, leaves } = Object.fromEntries(entriesOf(output));
  return typeof kind === "string" && typeof leaves === "boolean" ? { kind, leaves } : undefined;
}

/** What a stack's outputs say that it holds. */
export function heldBy({ tenants, gitops }: Readonly<Record<string, unknown>>): Held {
  const engine = engineIn(gitops);
  return { tenants: heldTenants(tenants), ...(engine === undefined ? {} : { engine }) };
}
