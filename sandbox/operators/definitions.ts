import { isManifest, isRecord, KubernetesStatusError, type KubernetesClient, type Manifest } from "@estate/clients";

import { fluxManager, labelsOf, nameOf } from "./instance";

// The CustomResourceDefinitions of Flux: brought, awaited, and taken away with what is in them.

/** Brings these CRDs, takes away those of before, and gives the names of what is not served yet. */
export async function bringDefinitions(
  client: KubernetesClient,
  instance: Manifest,
  wanted: readonly Manifest[],
): Promise<string[]> {
  await Promise.all(
    wanted.map((crd) =>
      client.apply(
        {
          apiVersion: crd.apiVersion,
          kind: crd.kind,
          metadata: {
            name: nameOf(crd),
            labels: {
              ...crd.metadata.labels,
              ...labelsOf(instance),
              "app.kubernetes.io/managed-by": fluxManager,
            },
          },
          spec: crd["spec"],
        },
        { fieldManager: fluxManager, force: true, fieldValidation: "Ignore" },
      ),
    ),
  );
  const keep = wanted.map(nameOf);
  for (const crd of await ownDefinitions(client, instance)) if (!keep.includes(nameOf(crd))) await remove(client, crd);
  return notServed(client, wanted);
}

/** Removes the instance's CRDs; gives how many are still on their way out. */
export async function removeDefinitions(client: KubernetesClient, instance: Manifest): Promise<number> {
  const going = await ownDefinitions(client, instance);
  await Promise.all(going.map((crd) => remove(client, crd)));
  return going.length;
}

/** Takes the finalizers off every object of the instance's CRDs, so that no object waits for a controller that is gone. */
export async function removeFinalizers(client: KubernetesClient, instance: Manifest): Promise<void> {
  for (const crd of await ownDefinitions(client, instance)) {
    const [path] = pathsOf(crd);
    if (path === undefined) continue;
    const { status, body } = await client.request("GET", path);
    if (status !== 200 || !isRecord(body) || !Array.isArray(body["items"])) continue;
    for (const item of body["items"].filter(isRecord)) {
      const object: unknown = { apiVersion: body["apiVersion"], kind: kindOf(crd), metadata: item["metadata"] };
      if (!isManifest(object) || !Array.isArray(object.metadata["finalizers"])) continue;
      await unlessGone(client.patch(object, { metadata: { finalizers: null } }));
    }
  }
}

/** Deletes an object that may be on its way out, or gone. */
export async function remove(client: KubernetesClient, object: Manifest): Promise<void> {
  if (object.metadata.deletionTimestamp === undefined) await unlessGone(client.delete(object));
}

async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    if (!(thrown instanceof KubernetesStatusError && thrown.status === 404)) throw thrown;
  }
}

async function ownDefinitions(client: KubernetesClient, instance: Manifest): Promise<readonly Manifest[]> {
  const labelSelector = Object.entries(labelsOf(instance))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  return (await client.list("apiextensions.k8s.io/v1", "CustomResourceDefinition", { labelSelector })).items;
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

function kindOf(crd: Manifest): string {
  const { spec } = crd;
  return isRecord(spec) && isRecord(spec["names"]) ? String(spec["names"]["kind"]) : "";
}
