import { isRecord, type KubernetesClient, type Manifest, type ObjectRef } from "@estate/clients";
import { policyNames } from "../../guardrails";
import type { Guardrail } from "../../guardrails/guardrail";
import type { GuardrailMode } from "../../model/guardrail-mode";
import { label } from "../../model/labels";
import type { EstatePlan } from "../../plan/plan";
import { judge, type Judgement } from "./judge";
import { objectsOf, servedKinds } from "./listing";
import { isMadeByKubernetes, managers, questions } from "./requests";

/** An object in a tenant's home. */
interface Standing {
  readonly tenant: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** Who wrote it, as they call themselves (`kubectl`, `helm`, a controller). */
  readonly managers: readonly string[];
}

/** An object that a guardrail would refuse, were it made today. */
export interface Refusal extends Standing {
  readonly guardrail: string;
  readonly reason: string;
  /** `warn`: it is refused once the cluster enforces. `enforce`: whoever makes it anew is refused today. */
  readonly mode: GuardrailMode;
}

/** An object on which no guardrail could be asked. */
export interface Unjudged extends Standing {
  readonly reason: string;
}

/** What a cluster's guardrails would say to what stands in it. */
export interface GuardrailReport {
  readonly cluster: string;
  /** Guardrails with a policy that the cluster does not have, or that nothing binds. */
  readonly missing: readonly string[];
  readonly modes: Readonly<Record<string, GuardrailMode>>;
  /** Objects that were asked about, without the platform's own and what Kubernetes made of others. */
  readonly asked: number;
  readonly refused: readonly Refusal[];
  readonly unjudged: readonly Unjudged[];
}

/** Requests that are under way at once. */
const parallel = 8;

/** The mode in which each guardrail stands on the cluster; absent where it does not. */
async function standingModes(
  client: KubernetesClient,
  guardrails: readonly Guardrail[],
): Promise<ReadonlyMap<string, GuardrailMode>> {
  const { items } = await client.list("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding");
  const actions = new Map(
    items.map(({ spec }) => {
      const { policyName, validationActions } = isRecord(spec) ? spec : {};
      return [policyName, Array.isArray(validationActions) ? validationActions : []];
    }),
  );
  return new Map(
    guardrails.flatMap((guardrail): [string, GuardrailMode][] => {
      const own = policyNames(guardrail).map((policy) => actions.get(policy));
      if (own.some((each) => each === undefined)) return [];
      return [[guardrail.name, own.every((each) => each?.includes("Deny") === true) ? "enforce" : "warn"]];
    }),
  );
}

/** The address of an object of any version of its group. */
const addressOf = ({ apiVersion, kind, metadata }: ObjectRef): string =>
  [apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "", kind, metadata.namespace, metadata.name].join("/");

/** What the plan puts into the homes of a cluster: the platform's, whatever guardrails say. */
function planned(plan: EstatePlan, cluster: string): ReadonlySet<string> {
  const homes = plan.tenants.flatMap((tenant) => tenant.homes).filter((home) => home.cluster === cluster);
  return new Set(homes.flatMap(({ objects }) => objects.map((object) => addressOf(object))));
}

/** The object is the plan's, or External Secrets made it of one that is. */
function isPlatforms(object: Manifest, own: ReadonlySet<string>): boolean {
  if (own.has(addressOf(object))) return true;
  const owners = Array.isArray(object.metadata["ownerReferences"]) ? object.metadata["ownerReferences"] : [];
  return owners.filter(isRecord).some(({ apiVersion, kind, name }) =>
    own.has(
      addressOf({
        apiVersion: String(apiVersion),
        kind: String(kind),
        metadata: { name: String(name), namespace: object.metadata.namespace ?? "" },
      }),
    ),
  );
}

/** The tenant of each home of the cluster. */
async function homesOf(client: KubernetesClient): Promise<ReadonlyMap<string, string>> {
  const { items } = await client.list("v1", "Namespace", { labelSelector: label.tenant });
  return new Map(items.map(({ metadata }) => [metadata.name ?? "", metadata.labels?.[label.tenant] ?? ""]));
}

/**
 * Asks a cluster about every object that stands in a tenant's home: whether its guardrails would let it be made today. The API
 * server itself answers, to a creation under another name that is never done.
 */
export async function guardrailReport(
  client: KubernetesClient,
  cluster: string,
  plan: EstatePlan,
  guardrails: readonly Guardrail[],
  signal?: AbortSignal,
): Promise<GuardrailReport> {
  const modes = await standingModes(client, guardrails);
  const guardrailOf = new Map(guardrails.flatMap((each) => policyNames(each).map((policy) => [policy, each.name])));
  const homes = await homesOf(client);
  const own = planned(plan, cluster);
  const refused: Refusal[] = [];
  const unjudged: Unjudged[] = [];
  let asked = 0;

  const ask = async (object: Manifest, tenant: string): Promise<void> => {
    const { namespace = "", name = "" } = object.metadata;
    const standing = { tenant, namespace, kind: object.kind, name, managers: managers(object) };
    asked += 1;
    const answers: Judgement[] = [];
    for (const question of questions(object)) answers.push(await judge(client, question));
    const findings = answers.flatMap((answer) => ("findings" in answer ? answer.findings : []));
    const told = new Map(findings.map((each) => [`${each.policy} ${each.reason}`, each]));
    for (const { policy, reason } of told.values()) {
      const guardrail = guardrailOf.get(policy);
      // Policies of others are not ours to tell of.
      if (guardrail !== undefined)
        refused.push({ ...standing, guardrail, reason, mode: modes.get(guardrail) ?? "enforce" });
    }
    for (const answer of answers) if ("unjudged" in answer) unjudged.push({ ...standing, reason: answer.unjudged });
  };

  for (const kind of await servedKinds(client)) {
    const queue: Promise<void>[] = [];
    for await (const object of objectsOf(client, kind)) {
      signal?.throwIfAborted();
      const tenant = homes.get(object.metadata.namespace ?? "");
      if (tenant === undefined || isPlatforms(object, own) || isMadeByKubernetes(object)) continue;
      queue.push(ask(object, tenant));
      if (queue.length >= parallel) await Promise.all(queue.splice(0));
    }
    await Promise.all(queue);
  }
  return {
    cluster,
    missing: guardrails.map(({ name }) => name).filter((name) => !modes.has(name)),
    modes: Object.fromEntries([...modes].sort()),
    asked,
    refused: refused.sort(byPlace),
    unjudged: unjudged.sort(byPlace),
  };
}

/** By guardrail, then by where the object stands. */
function byPlace(one: Standing & { guardrail?: string }, other: Standing & { guardrail?: string }): number {
  const key = ({ guardrail = "", namespace, kind, name }: Standing & { guardrail?: string }): string =>
    [guardrail, namespace, kind, name].join("\u0000");
  return key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0;
}
