import type { KubernetesClient, Manifest } from "@estate/clients";
import type { KubernetesObject } from "../model/kubernetes";
import { anyone } from "./guardrail-report/requests";
import { eventually } from "./live/wait";

/** Seconds to apply 100 objects, each the best of its rounds. */
export interface PolicyCost {
  readonly with: number;
  readonly without: number;
}

/** Rounds of each kind, in turns: what else the machine does hits both. */
const rounds = 5;

/** What a delivery brings: 50 ConfigMaps, 25 Services, and 25 Deployments that start no pod. */
export function delivered(namespace: string): Manifest[] {
  const of = (count: number, make: (name: string) => object): Manifest[] =>
    Array.from({ length: count }, (_, index) => make(`bench-${String(index)}`) as Manifest);
  return [
    ...of(50, (name) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { key: name } })),
    ...of(25, (name) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    })),
    ...of(25, (name) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: "main", image: "example.com/app:1" }] },
        },
      },
    })),
  ];
}

/** Waits until guardrails hold, or do not: both come a moment after their objects. */
async function awaitGuardrails(client: KubernetesClient, namespace: string, holding: boolean): Promise<void> {
  const body = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "bench-probe" },
    spec: { type: "ExternalName", externalName: "example.com" },
  };
  await eventually(`guardrails ${holding ? "in force" : "gone"}`, 60_000, async () => {
    const path = `/api/v1/namespaces/${namespace}/services`;
    const { status } = await client.request("POST", path, { query: { dryRun: "All" }, impersonate: anyone, body });
    return { done: (status === 403) === holding, seen: String(status) };
  });
}

/**
 * Times a delivery into a home with the guardrails and without their bindings, as somebody whom they hold. Takes them away for
 * that, and puts them back: for throw-away clusters only.
 */
export async function policyCost(
  client: KubernetesClient,
  namespace: string,
  guardrails: readonly KubernetesObject[],
  inParallel: (items: readonly Manifest[], work: (item: Manifest) => Promise<unknown>) => Promise<void>,
): Promise<PolicyCost> {
  const bindings = guardrails
    .filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding")
    .map((object) => object as unknown as Manifest);
  const objects = delivered(namespace);
  const round = async (): Promise<number> => {
    const began = performance.now();
    await inParallel(objects, (object) =>
      client.apply(object, {
        fieldManager: "bench",
        force: true,
        impersonate: { ...anyone, groups: [...anyone.groups] },
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    await inParallel(objects, (object) => client.delete(object, { propagationPolicy: "Background" }));
    return seconds;
  };
  const seen = { with: [] as number[], without: [] as number[] };
  // The first round pays for connections and caches, and counts for neither.
  await round();
  for (let turn = 0; turn < rounds; turn += 1) {
    seen.with.push(await round());
    await inParallel(bindings, (binding) => client.delete(binding));
    await awaitGuardrails(client, namespace, false);
    seen.without.push(await round());
    await inParallel(bindings, (binding) => client.apply(binding, { fieldManager: "bench", force: true }));
    await awaitGuardrails(client, namespace, true);
  }
  return { with: Math.min(...seen.with), without: Math.min(...seen.without) };
}

/** The line of the report. */
export const policyCostLine = (cost: PolicyCost): string =>
  `100 objects by a plain client: ${cost.with.toFixed(2)} s with the policies, ${cost.without.toFixed(2)} s without, ${(cost.with / cost.without).toFixed(2)} x`;
