import { isManifest, isRecord, KubernetesStatusError, type KubernetesClient, type Manifest } from "@estate/clients";

import { crdsOfComponent } from "../components";

// A stand-in for flux-operator, and honest about it: it installs the real CRDs of the components a FluxInstance lists and
// says Ready, as the operator does once its Deployments are up. It makes no Deployment, no ServiceAccount, no policy, and
// no controller runs behind those CRDs: nothing in the sandbox reconciles a Kustomization by this file.

const group = "fluxcd.controlplane.io";
const apiVersion = `${group}/v1`;
const finalizer = `${group}/finalizer`;
const manager = "flux-operator";

/** The operator's own default when a FluxInstance lists none. */
const defaultComponents = ["source-controller", "kustomize-controller", "helm-controller", "notification-controller"];

/** Brings one cluster a step nearer to what its FluxInstance asks for; gives what it did, in words. */
export async function reconcileFlux(client: KubernetesClient): Promise<string[]> {
  const answer = await client.request("GET", `/apis/${apiVersion}/fluxinstances`);
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw KubernetesStatusError.from(answer.status, answer.body);
  const items: unknown[] = isRecord(answer.body) && Array.isArray(answer.body["items"]) ? answer.body["items"] : [];
  const done: string[] = [];
  for (const item of items) {
    if (!isRecord(item)) continue;
    const instance: unknown = { apiVersion, kind: "FluxInstance", ...item };
    if (isManifest(instance)) done.push(...(await reconcileInstance(client, instance)));
  }
  return done;
}

async function reconcileInstance(client: KubernetesClient, instance: Manifest): Promise<string[]> {
  const { name = "", finalizers } = instance.metadata;
  const marks: unknown[] = Array.isArray(finalizers) ? finalizers : [];
  if (instance.metadata.deletionTimestamp !== undefined) {
    if (!marks.includes(finalizer)) return [];
    // As the operator does, it keeps the instance until what it installed is gone.
    const left = await removeCrds(client, instance, []);
    if (left > 0) return [];
    await client.patch(instance, {
      metadata: { finalizers: marks.filter((mark) => mark !== finalizer), resourceVersion: resourceVersion(instance) },
    });
    return [`FluxInstance ${name} goes, and its CRDs are gone`];
  }
  // The operator takes no orders while an instance is switched off.
  if (instance.metadata.annotations?.[`${group}/reconcile`] === "disabled") return [];
  if (!marks.includes(finalizer)) {
    await client.patch(instance, {
      metadata: { finalizers: [...marks, finalizer], resourceVersion: resourceVersion(instance) },
    });
    return [];
  }
  if (isSettled(instance)) return [];
  return install(client, instance);
}

async function install(client: KubernetesClient, instance: Manifest): Promise<string[]> {
  const components = componentsOf(instance);
  const unknown = components.filter((component) => crdsOfComponent(component) === undefined);
  if (unknown.length > 0) {
    const message = `the sandbox's stand-in for flux-operator has no CRDs of ${unknown.join(", ")}`;
    await report(client, instance, "False", "BuildFailed", message);
    return [message];
  }
  const wanted = components.flatMap((component) => crdsOfComponent(component) ?? []).filter(isManifest);
  await Promise.all(
    wanted.map((crd) =>
      client.apply(labelled(crd, instance), { fieldManager: manager, force: true, fieldValidation: "Ignore" }),
    ),
  );
  await removeCrds(client, instance, wanted.map(nameOf));
  const open = await notServed(client, wanted);
  if (open.length > 0) {
    await report(client, instance, "Unknown", "Progressing", `waiting for ${open.join(", ")}`);
    return [];
  }
  const message = "Reconciliation finished by the sandbox's stand-in for flux-operator";
  await report(client, instance, "True", "ReconciliationSucceeded", message);
  return [`FluxInstance ${nameOf(instance)} is ready: ${String(wanted.length)} CRDs of ${components.join(", ")}`];
}

/** The labels by which the operator knows its own again. */
function labelsOf(instance: Manifest): Record<string, string> {
  return { [`${group}/name`]: nameOf(instance), [`${group}/namespace`]: instance.metadata.namespace ?? "" };
}

function labelled(crd: Manifest, instance: Manifest): Manifest {
  const labels = { ...crd.metadata.labels, ...labelsOf(instance), "app.kubernetes.io/managed-by": manager };
  return { apiVersion: crd.apiVersion, kind: crd.kind, metadata: { name: nameOf(crd), labels }, spec: crd["spec"] };
}

/** Removes the CRDs made for this instance, but for those to keep; gives how many are still on their way out. */
async function removeCrds(client: KubernetesClient, instance: Manifest, keep: readonly string[]): Promise<number> {
  const labelSelector = Object.entries(labelsOf(instance))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const { items } = await client.list("apiextensions.k8s.io/v1", "CustomResourceDefinition", { labelSelector });
  const going = items.filter((crd) => !keep.includes(nameOf(crd)));
  await Promise.all(
    going.map(async (crd) => {
      if (crd.metadata.deletionTimestamp !== undefined) return;
      try {
        await client.delete(crd);
      } catch (thrown) {
        if (!(thrown instanceof KubernetesStatusError && thrown.status === 404)) throw thrown;
      }
    }),
  );
  return going.length;
}

/** What cannot be used yet: for a moment after a CRD is established, its storage still answers 429. */
async function notServed(client: KubernetesClient, crds: readonly Manifest[]): Promise<string[]> {
  const open = await Promise.all(
    crds.map(async (crd) => {
      const answers = await Promise.all(
        pathsOf(crd).map((path) => client.request("GET", path, { query: { limit: 1 } })),
      );
      return answers.every(({ status }) => status === 200) ? [] : [nameOf(crd)];
    }),
  );
  return open.flat();
}

function pathsOf(crd: Manifest): string[] {
  const { spec } = crd;
  if (!isRecord(spec) || !isRecord(spec["names"]) || !Array.isArray(spec["versions"])) return [];
  const [group, plural] = [String(spec["group"]), String(spec["names"]["plural"])];
  const versions: unknown[] = spec["versions"];
  return versions
    .filter(isRecord)
    .filter((version) => version["served"] === true)
    .map((version) => `/apis/${group}/${String(version["name"])}/${plural}`);
}

async function report(
  client: KubernetesClient,
  instance: Manifest,
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
): Promise<void> {
  const before = conditionOf(instance, "Ready");
  const lastTransitionTime = before?.["status"] === status ? before["lastTransitionTime"] : new Date().toISOString();
  const revision = revisionOf(instance);
  const condition = {
    type: "Ready",
    status,
    reason,
    message,
    observedGeneration: generation(instance),
    lastTransitionTime,
  };
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
function isSettled(instance: Manifest): boolean {
  const ready = conditionOf(instance, "Ready");
  return ready !== undefined && ready["observedGeneration"] === generation(instance) && ready["status"] !== "Unknown";
}

function componentsOf(instance: Manifest): string[] {
  const spec = instance["spec"];
  const listed: unknown[] = isRecord(spec) && Array.isArray(spec["components"]) ? spec["components"] : [];
  const names = listed.filter((name): name is string => typeof name === "string");
  return names.length === 0 ? defaultComponents : names;
}

function revisionOf(instance: Manifest): string {
  const spec = instance["spec"];
  const distribution = isRecord(spec) ? spec["distribution"] : undefined;
  const version =
    isRecord(distribution) && typeof distribution["version"] === "string" ? distribution["version"] : "2.x";
  return `${version.startsWith("v") ? version : `v${version}`}@sandbox:stand-in`;
}

function conditionOf(object: Manifest, type: string): Record<string, unknown> | undefined {
  const status = object["status"];
  const conditions: unknown[] = isRecord(status) && Array.isArray(status["conditions"]) ? status["conditions"] : [];
  return conditions.filter(isRecord).find((condition) => condition["type"] === type);
}

const nameOf = (object: Manifest): string => object.metadata.name ?? "";
const generation = (object: Manifest): unknown => object.metadata["generation"];
const resourceVersion = (object: Manifest): string => object.metadata.resourceVersion ?? "";
