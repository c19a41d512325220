import { isManifest, isRecord, type KubernetesClient, type Manifest } from "@estate/clients";

/** A namespaced kind that a cluster serves, and of which somebody may make objects. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
}

/** How many objects an API server hands over at once. */
const page = 250;

const records = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/** Told by the thousand, by all controllers, and gone within the hour. */
const passing: ReadonlySet<string> = new Set(["events"]);

/** Every namespaced kind that can be listed and created, in the version that the cluster prefers. */
export async function servedKinds(client: KubernetesClient): Promise<ServedKind[]> {
  const groups = await client.call("GET", "/apis");
  const preferred = records(isRecord(groups) ? groups["groups"] : []).map(({ preferredVersion }) =>
    String(isRecord(preferredVersion) ? preferredVersion["groupVersion"] : ""),
  );
  const lists = await Promise.all(
    ["v1", ...preferred].map(async (apiVersion) => {
      const list = await client.call("GET", apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`);
      return records(isRecord(list) ? list["resources"] : []).flatMap(
        ({ name, kind, namespaced, verbs }): ServedKind[] => {
          const resource = String(name);
          const can = Array.isArray(verbs) && verbs.includes("list") && verbs.includes("create");
          if (namespaced !== true || !can || resource.includes("/") || passing.has(resource)) return [];
          return [{ apiVersion, kind: String(kind), resource }];
        },
      );
    }),
  );
  return lists.flat();
}

/** All objects of a kind in all namespaces, a page at a time. */
export async function* objectsOf(
  client: KubernetesClient,
  { apiVersion, kind, resource }: ServedKind,
): AsyncGenerator<Manifest> {
  const path = `${apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`}/${resource}`;
  let next: string | undefined;
  do {
    const list = await client.call("GET", path, { query: { limit: page, continue: next } });
    if (!isRecord(list)) return;
    // The items of a typed list come without apiVersion and kind.
    for (const item of records(list["items"])) {
      const object = { apiVersion, kind, ...item };
      if (isManifest(object)) yield object;
    }
    const more = isRecord(list["metadata"]) ? list["metadata"]["continue"] : undefined;
    next = typeof more === "string" && more !== "" ? more : undefined;
  } while (next !== undefined);
}
