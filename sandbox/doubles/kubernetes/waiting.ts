import { ConnectionError } from "@estate/clients";
import { isMap, type BareMap } from "../framework/value";
import { annotation, fromManifest, textAt } from "./fields";
import { customRule, needsEndpoints, ruleFor, serviceReadiness, type Readiness } from "./readiness";
import { pause, type Reachable } from "./session";

const QUIET_MS = 10_000;

/** Kinds whose deletion is not waited for when an object says `pulumi.com/skipAwait`; all others always are. */
const SKIPPED_DELETES = new Set([
  "DaemonSet",
  "Deployment",
  "Job",
  "Namespace",
  "Pod",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
]);

/** What a wait ended with. */
export interface Waited {
  readonly live: BareMap;
  /** Why the object did not become ready; empty if it did. */
  readonly reasons: readonly string[];
}

/** How long an operation may wait: the resource's `customTimeouts`, else its annotation, else the kind's default. */
export function timeoutMs(object: BareMap, seconds: number): number {
  if (seconds > 0) return seconds * 1_000;
  const annotated = Number(annotation(object, "pulumi.com/timeoutSeconds"));
  if (Number.isFinite(annotated) && annotated > 0) return annotated * 1_000;
  return (object["kind"] === "PersistentVolume" ? 5 : 10) * 60_000;
}

/** Whether an object asks not to be waited for. */
export function skipsAwait(object: BareMap): boolean {
  return annotation(object, "pulumi.com/skipAwait") === "true";
}

/** Waits until an object is ready, by its own rule or that of its kind. */
export async function untilReady(to: Reachable, wanted: BareMap, made: BareMap, limitMs: number): Promise<Waited> {
  if (skipsAwait(wanted)) return { live: made, reasons: [] };
  const custom = customRule(wanted);
  const isService = custom === undefined && wanted["kind"] === "Service" && wanted["apiVersion"] === "v1";
  const rule = custom ?? ruleFor(wanted);
  if (rule === undefined && !isService) return { live: made, reasons: [] };

  const until = Date.now() + limitMs;
  let live = made;
  let quietSince = Date.now();
  let fingerprint = "";
  for (let interval = 50; ; interval = Math.min(interval * 1.5, 1_000)) {
    const endpoints = isService && needsEndpoints(live) ? await find(to, { ...live, kind: "Endpoints" }) : undefined;
    const state = isService ? serviceReadiness(live, endpoints) : (rule?.(live) ?? { is: "ready" as const });
    const seen = JSON.stringify(endpoints);
    if (seen !== fingerprint) quietSince = Date.now();
    fingerprint = seen;
    const quiet = state.is === "settling" && Date.now() - quietSince >= QUIET_MS;
    if (state.is === "ready" || quiet || (await bindsLater(to, live, state))) return { live, reasons: [] };
    if (state.is === "failed") return { live, reasons: [state.why] };
    if (Date.now() >= until) return timedOut(live, state);
    try {
      await pause(interval, to.signal);
    } catch (error) {
      return { live, reasons: [error instanceof Error ? error.message : String(error)] };
    }
    let next: BareMap | undefined;
    try {
      next = await find(to, made);
    } catch (error) {
      // It was made: the state must know of it, though its cluster cannot be asked any more.
      if (error instanceof ConnectionError) return { live, reasons: [error.message] };
      throw error;
    }
    if (next === undefined) return { live, reasons: ["the object was deleted while it was waited for"] };
    live = next;
  }
}

function timedOut(live: BareMap, state: Readiness): Waited {
  if (state.is === "waiting" && state.passes !== true) {
    return { live, reasons: ["timed out waiting to be Ready", state.why] };
  }
  return { live, reasons: [] };
}

/** A claim whose class binds at the first consumer has nothing to wait for. */
async function bindsLater(to: Reachable, live: BareMap, state: Readiness): Promise<boolean> {
  const name = textAt(live, "spec", "storageClassName");
  if (live["kind"] !== "PersistentVolumeClaim" || state.is !== "waiting" || name === undefined) return false;
  const storage = await find(to, { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name } });
  return storage?.["volumeBindingMode"] === "WaitForFirstConsumer";
}

/** Waits until an object is gone: it, not another one of its name. */
export async function untilGone(to: Reachable, object: BareMap, limitMs: number): Promise<Waited | undefined> {
  if (skipsAwait(object) && SKIPPED_DELETES.has(textAt(object, "kind") ?? "")) return undefined;
  const uid = textAt(object, "metadata", "uid");
  const until = Date.now() + limitMs;
  for (let interval = 50; ; interval = Math.min(interval * 1.5, 1_000)) {
    const live = await find(to, object);
    if (live === undefined || (uid !== undefined && textAt(live, "metadata", "uid") !== uid)) return undefined;
    if (Date.now() >= until) {
      return { live, reasons: [`finalizers might be preventing deletion (timed out after ${limitMs / 1_000} s)`] };
    }
    await pause(interval, to.signal);
  }
}

/** The live state of an object, if it is there. */
export async function find(to: Reachable, object: BareMap): Promise<BareMap | undefined> {
  const { apiVersion, kind, metadata } = object;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || !isMap(metadata)) return undefined;
  const name = textAt(object, "metadata", "name");
  const namespace = textAt(object, "metadata", "namespace");
  if (name === undefined) return undefined;
  const found = await to.client.find({
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  });
  return found === undefined ? undefined : fromManifest(found);
}
