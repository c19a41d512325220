import { KubernetesStatusError, type KubernetesClient } from "@estate/clients";
import { isList, isMap, mapValues, type Json, type JsonMap } from "../framework/value";
import { fromManifest, textAt, toManifest } from "./fields";

/**
 * Moves what one manager owns by writing (`Update`) to another that applies (`Apply`). Without this the server would
 * keep fields that the program drops, and see a conflict between the two.
 */
export function transferred(managedFields: readonly Json[], from: string, to: string): readonly Json[] | undefined {
  const isWritten = (entry: Json): boolean =>
    textAt(entry, "manager") === from &&
    textAt(entry, "operation") === "Update" &&
    textAt(entry, "subresource") === undefined;
  const isApplied = (entry: Json): boolean => textAt(entry, "manager") === to && textAt(entry, "operation") === "Apply";
  const written = managedFields.filter(isWritten);
  const [first] = written;
  if (first === undefined || !isMap(first)) return undefined;
  const fields = [...written, ...managedFields.filter(isApplied)]
    .map((entry) => (isMap(entry) ? entry["fieldsV1"] : undefined))
    .reduce<JsonMap>((all, each) => (isMap(each) ? union(all, each) : all), {});
  const rest = managedFields.filter((entry) => !isWritten(entry) && !isApplied(entry));
  return [...rest, { ...first, manager: to, operation: "Apply", fieldsV1: fields }];
}

/** Both sets of fields; a field set is a tree of keys. */
function union(left: JsonMap, right: JsonMap): JsonMap {
  const shared = mapValues(right, (value, key) => {
    const other = left[key];
    return isMap(other) && isMap(value) ? union(other, value) : value;
  });
  return { ...left, ...shared };
}

/** Moves the ownership on the server; tries again when the object changed in between. */
export async function takeOver(client: KubernetesClient, live: JsonMap, from: string, to: string): Promise<JsonMap> {
  let current = live;
  for (let attempt = 0; ; attempt++) {
    const metadata = current["metadata"];
    const managed = isMap(metadata) ? metadata["managedFields"] : undefined;
    const fields = isList(managed) ? transferred(managed, from, to) : undefined;
    if (fields === undefined || !isMap(metadata)) return current;
    const patch = [
      { op: "replace", path: "/metadata/managedFields", value: fields },
      { op: "replace", path: "/metadata/resourceVersion", value: metadata["resourceVersion"] },
    ];
    try {
      return fromManifest(await client.patch(toManifest(current), patch, { type: "json", fieldManager: to }));
    } catch (error) {
      if (!(error instanceof KubernetesStatusError && error.status === 409) || attempt >= 5) throw error;
      current = fromManifest(await client.get(toManifest(current)));
    }
  }
}
