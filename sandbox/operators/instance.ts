import { isManifest, isRecord, KubernetesStatusError, type KubernetesClient, type Manifest } from "@estate/clients";

import { fluxControllers, type FluxPlace, type FluxTenancy } from "../../model/controllers";

export const fluxGroup = "fluxcd.controlplane.io";
export const fluxFinalizer = `${fluxGroup}/finalizer`;
/** The operator's field manager. */
export const fluxManager = "flux-operator";

const apiVersion = `${fluxGroup}/v1`;

/** The operator's own default when a FluxInstance lists none. */
const defaultComponents = fluxControllers.slice(0, 4).map(({ name }) => name);

/** The FluxInstance of a cluster; its CRD allows one name only. Undefined when there is none, or no CRD yet. */
export async function findInstance(client: KubernetesClient): Promise<Manifest | undefined> {
  const answer = await client.request("GET", `/apis/${apiVersion}/fluxinstances`);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw KubernetesStatusError.from(answer.status, answer.body);
  const items: unknown[] = isRecord(answer.body) && Array.isArray(answer.body["items"]) ? answer.body["items"] : [];
  const [item] = items;
  const instance: unknown = isRecord(item) ? { apiVersion, kind: "FluxInstance", ...item } : undefined;
  return isManifest(instance) ? instance : undefined;
}

/** The components a FluxInstance lists. */
export function componentsOf(instance: Manifest): string[] {
  const listed = specOf(instance)["components"];
  const names = (Array.isArray(listed) ? listed : []).filter((name): name is string => typeof name === "string");
  return names.length === 0 ? [...defaultComponents] : names;
}

/** What it says of tenants. */
export function tenancyOf(instance: Manifest): FluxTenancy {
  const cluster = clusterOf(instance);
  const flag = (key: string): boolean => cluster[key] === true;
  const name = (key: string): string => {
    const value = cluster[key];
    return typeof value === "string" && value !== "" ? value : "default";
  };
  return {
    multitenant: flag("multitenant"),
    objectLevelWorkloadIdentity: flag("objectLevelWorkloadIdentity"),
    multitenantWorkloadIdentity: flag("multitenantWorkloadIdentity"),
    tenantDefaultServiceAccount: name("tenantDefaultServiceAccount"),
    tenantDefaultDecryptionServiceAccount: name("tenantDefaultDecryptionServiceAccount"),
    tenantDefaultKubeConfigServiceAccount: name("tenantDefaultKubeConfigServiceAccount"),
  };
}

/** Where its controllers are. */
export function placeOf(instance: Manifest): FluxPlace {
  const domain = clusterOf(instance)["domain"];
  return {
    namespace: instance.metadata.namespace ?? "",
    domain: typeof domain === "string" && domain !== "" ? domain : "cluster.local",
    components: componentsOf(instance),
  };
}

/** Its patches, as they stand there. */
export function patchesOf(instance: Manifest): Record<string, unknown>[] {
  const kustomize = specOf(instance)["kustomize"];
  const patches: unknown = isRecord(kustomize) ? kustomize["patches"] : undefined;
  return Array.isArray(patches) ? patches.filter(isRecord) : [];
}

/** The labels by which the operator knows its own again. */
export function labelsOf(instance: Manifest): Record<string, string> {
  return { [`${fluxGroup}/name`]: nameOf(instance), [`${fluxGroup}/namespace`]: instance.metadata.namespace ?? "" };
}

/** Writes the condition Ready, and the revision it speaks of. */
export async function report(
  client: KubernetesClient,
  instance: Manifest,
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
): Promise<void> {
  const before = readyOf(instance);
  const lastTransitionTime = before?.["status"] === status ? before["lastTransitionTime"] : new Date().toISOString();
  const condition = {
    type: "Ready",
    status,
    reason,
    message,
    observedGeneration: generationOf(instance),
    lastTransitionTime,
  };
  const revision = revisionOf(instance);
  const body = {
    status: {
      conditions: [condition],
      lastAttemptedRevision: revision,
      ...(status === "True" ? { lastAppliedRevision: revision } : {}),
    },
  };
  await client.patch(instance, body, { subresource: "status" });
}

/** Whether the last word about this generation was final. */
export function isSettled(instance: Manifest): boolean {
  const ready = readyOf(instance);
  return ready !== undefined && ready["observedGeneration"] === generationOf(instance) && ready["status"] !== "Unknown";
}

/** Its finalizers. */
export function finalizersOf(instance: Manifest): unknown[] {
  const { finalizers } = instance.metadata;
  return Array.isArray(finalizers) ? finalizers : [];
}

/** Sets its finalizers, unless somebody else changed the object meanwhile. */
export async function setFinalizers(client: KubernetesClient, instance: Manifest, marks: unknown[]): Promise<void> {
  const resourceVersion = instance.metadata.resourceVersion ?? "";
  await client.patch(instance, { metadata: { finalizers: marks, resourceVersion } });
}

/** One generation of one instance, as a text. */
export function stateOf(instance: Manifest): string {
  return `${instance.metadata.uid ?? ""} ${String(generationOf(instance))}`;
}

export const nameOf = (object: Manifest): string => object.metadata.name ?? "";

const generationOf = (object: Manifest): unknown => object.metadata["generation"];

function readyOf(instance: Manifest): Record<string, unknown> | undefined {
  const status = instance["status"];
  const conditions: unknown[] = isRecord(status) && Array.isArray(status["conditions"]) ? status["conditions"] : [];
  return conditions.filter(isRecord).find((condition) => condition["type"] === "Ready");
}

function revisionOf(instance: Manifest): string {
  const distribution = specOf(instance)["distribution"];
  const version =
    isRecord(distribution) && typeof distribution["version"] === "string" ? distribution["version"] : "2.x";
  return `${version.startsWith("v") ? version : `v${version}`}@sandbox:stand-in`;
}

function specOf(instance: Manifest): Record<string, unknown> {
  return isRecord(instance["spec"]) ? instance["spec"] : {};
}

function clusterOf(instance: Manifest): Record<string, unknown> {
  const cluster = specOf(instance)["cluster"];
  return isRecord(cluster) ? cluster : {};
}
