import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isManifest, type KubernetesClient, type Manifest } from "@estate/clients";
import { forgetKinds } from "../create";
import { fromManifest, textAt } from "../fields";
import { condition } from "../readiness";
import { pause, type Reachable } from "../session";

/** The CRDs of a component, and the version they are of. */
export interface Definitions {
  readonly version: string;
  readonly objects: readonly Manifest[];
}

/**
 * The real CRDs of a component, from the folder that the sandbox prepares (`<component>-<version>.json`, an array of
 * objects). The wanted version if it is there, else the newest: a chart's version need not be its component's.
 */
export function findDefinitions(
  folder: string | undefined,
  component: string,
  version: string | undefined,
): Definitions | undefined {
  if (folder === undefined || !existsSync(folder)) return undefined;
  const versions = readdirSync(folder)
    .map((file) =>
      file.startsWith(`${component}-`) ? /^v?(\d.*)\.json$/.exec(file.slice(component.length + 1)) : null,
    )
    .filter((match) => match !== null)
    .map((match) => ({ file: `${component}-${match[0]}`, version: match[1] ?? "" }));
  const byVersion = [...versions].sort((left, right) =>
    left.version.localeCompare(right.version, "en", { numeric: true }),
  );
  const wanted = version?.replace(/^v/, "");
  const chosen = byVersion.find((each) => each.version === wanted) ?? byVersion.at(-1);
  if (chosen === undefined) return undefined;
  const parsed: unknown = JSON.parse(readFileSync(join(folder, chosen.file), "utf8"));
  if (!Array.isArray(parsed) || !parsed.every(isManifest)) {
    throw new Error(`${join(folder, chosen.file)} is not an array of Kubernetes objects`);
  }
  return { version: chosen.version, objects: parsed };
}

/** Applies CRDs and waits until each is Established and served. */
export async function install(to: Reachable, objects: readonly Manifest[], timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  await Promise.all(objects.map((object) => to.client.apply(object, { fieldManager: "helm", force: true })));
  for (const object of objects) {
    if (object.kind !== "CustomResourceDefinition") continue;
    while (!(await isServed(to.client, object))) {
      if (Date.now() >= until)
        throw new Error(`CustomResourceDefinition ${object.metadata.name ?? ""} was not established in time`);
      await pause(100, to.signal);
    }
  }
}

async function isServed(client: KubernetesClient, crd: Manifest): Promise<boolean> {
  const live = fromManifest(await client.get(crd));
  if (condition(live, "Established") !== "True") return false;
  forgetKinds(client, live);
  const group = textAt(live, "spec", "group") ?? "";
  const version = textAt(live, "spec", "versions", 0, "name") ?? "";
  const kind = textAt(live, "spec", "names", "kind") ?? "";
  // Discovery lags a little behind the condition.
  return client.mapping(`${group}/${version}`, kind).then(
    () => true,
    () => false,
  );
}
