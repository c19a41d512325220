import { Complaint } from "@estate/sandbox";
import { KubernetesStatusError, NoMatchError, type KubernetesClient, type Manifest } from "@estate/clients";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesObject } from "../model/kubernetes";
import { label } from "../model/labels";
import type { HomePlan } from "../plan/home";
import type { TenantPlan } from "../plan/tenant";

/** What the cluster says of one planned object. */
export interface Verdict {
  readonly tenant: string;
  readonly cluster: string;
  readonly object: string;
  /** `later`: its kind or its namespace is not there yet, and comes with the platform in the same run. */
  readonly answer: "accepted" | "refused" | "later";
  readonly reason: string;
}

/** The plan's manifests are read-only; the client's are not. */
const asManifest = (object: KubernetesObject): Manifest => structuredClone(object) as unknown as Manifest;

const describe = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;

async function judge(
  client: KubernetesClient,
  object: KubernetesObject,
  signal?: AbortSignal,
): Promise<Pick<Verdict, "answer" | "reason">> {
  try {
    await client.create(asManifest(object), {
      dryRun: true,
      fieldManager: "estate-preflight",
      fieldValidation: "Strict",
      ...(signal === undefined ? {} : { signal }),
    });
    return { answer: "accepted", reason: "" };
  } catch (error) {
    if (error instanceof NoMatchError) return { answer: "later", reason: "its kind is not served yet" };
    // What is created is never missing itself: the namespace is. Those of homes are checked before, so it is the platform's.
    if (error instanceof KubernetesStatusError && error.status === 404)
      return { answer: "later", reason: error.message };
    if (error instanceof KubernetesStatusError) return { answer: "refused", reason: error.message };
    throw error;
  }
}

/**
 * Asks a cluster what it would say to every object of a home, in a scratch namespace with the home's own labels: quota,
 * Pod Security and guardrails go by those. The real provider's preview cannot show such a refusal while the namespace is
 * not there yet. The scratch namespace is removed whatever happens, an abort by `signal` included.
 */
export async function dryRunHome(
  tenant: TenantPlan,
  home: HomePlan,
  client: KubernetesClient,
  signal?: AbortSignal,
): Promise<Verdict[]> {
  const verdict = (object: KubernetesObject, judged: Pick<Verdict, "answer" | "reason">): Verdict => ({
    tenant: tenant.name,
    cluster: home.cluster,
    object: describe(object),
    ...judged,
  });
  const own = home.namespace.metadata.name;
  const existing = await client.find({ apiVersion: "v1", kind: "Namespace", metadata: { name: own } });
  if (existing !== undefined) {
    const owner = existing.metadata.labels?.[label.tenant];
    if (owner === tenant.name) return [];
    return [
      verdict(home.namespace, {
        answer: "refused",
        reason: `the namespace exists and ${owner === undefined ? "is not Estate's" : `belongs to tenant ${owner}`}: rename the tenant, or the namespace`,
      }),
    ];
  }
  const scratch = `estate-preflight-${randomBytes(4).toString("hex")}`;
  const namespaceVerdict = verdict(home.namespace, await judge(client, home.namespace, signal));
  let there = true;
  try {
    const refusal = await createScratch(client, scratch, home);
    if (refusal !== undefined) {
      there = false;
      const told = namespaceVerdict.answer === "refused" ? namespaceVerdict.reason : refusal;
      return [verdict(home.namespace, { answer: "refused", reason: told })];
    }
    signal?.throwIfAborted();
    const verdicts = await Promise.all(
      home.objects.map(async (object) => {
        const inside = object.metadata.namespace === own;
        const moved = inside ? { ...object, metadata: { ...object.metadata, namespace: scratch } } : object;
        return verdict(object, await judge(client, moved, signal));
      }),
    );
    return [namespaceVerdict, ...verdicts];
  } catch (error) {
    // Else the requests that the abort broke off would be told as a cluster that cannot be reached.
    signal?.throwIfAborted();
    throw error;
  } finally {
    if (there) await removeScratch(client, scratch);
  }
}

/**
 * Undefined when it was made, else the cluster's refusal. It takes no signal: a creation that is broken off may be done
 * all the same, and so may one whose answer is lost; that throws, and the namespace is removed.
 */
async function createScratch(client: KubernetesClient, name: string, home: HomePlan): Promise<string | undefined> {
  const { labels } = home.namespace.metadata;
  const metadata = { name, ...(labels === undefined ? {} : { labels: { ...labels } }) };
  try {
    await client.create({ apiVersion: "v1", kind: "Namespace", metadata });
    return undefined;
  } catch (error) {
    if (error instanceof KubernetesStatusError) return `a scratch namespace like it: ${error.message}`;
    throw error;
  }
}

async function removeScratch(client: KubernetesClient, name: string): Promise<void> {
  const ref = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  try {
    await client.delete(ref);
    // Bounded: a namespace that does not go is reported by the cluster's own tools, and holds nothing of ours.
    for (let tries = 0; tries < 60; tries += 1) {
      if ((await client.find(ref)) === undefined) return;
      await sleep(500);
    }
  } catch (error) {
    if (error instanceof KubernetesStatusError && error.status === 404) return;
    throw new Complaint(
      `the scratch namespace ${name} cannot be removed`,
      error instanceof Error ? error.message : String(error),
      `run \`kubectl --context ${client.context} delete namespace ${name}\``,
    );
  }
}
