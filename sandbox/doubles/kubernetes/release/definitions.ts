import { isManifest, type KubernetesClient, type Manifest } from "@estate/clients";
import { crdsOfChart, knowsChart } from "../../../components";
import { forgetKinds } from "../create";
import { fromManifest, textAt } from "../fields";
import { condition } from "../readiness";
import { pause, type Reachable } from "../session";

/** The real CRDs that a chart would bring; `undefined` for a chart whose contents cannot be had here. */
export function definitionsOf(chart: string, env: NodeJS.ProcessEnv): readonly Manifest[] | undefined {
  return knowsChart(chart) ? crdsOfChart(chart, env).filter(isManifest) : undefined;
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
