import { engineName, lackOf } from "../engines";
import { chosenAddon, clustersOfAddon, type AddonSettings } from "../model/addon-choice";
import type { Ability } from "../model/gitops";
import type { Problem } from "../model/problem";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";
import { suggestion } from "./suggestion";

/** What the GitOps engine cannot do, where something asks for it; none where it can. */
export function lacking(
  { gitops, registry }: Pick<Settings, "gitops" | "registry">,
  ability: Ability,
  place: Parameters<typeof mistake>[1],
): Problem[] {
  const lack = lackOf(engineName(gitops), ability, registry.kind);
  return lack === undefined ? [] : [mistake("P045", place, lack.cause, lack.remedy)];
}

/** Names of the addons that go to some workload cluster. */
function addonsOfWorkloads({ addons, clusters }: Pick<Settings, "addons" | "clusters">): string[] {
  return Object.entries(addons).flatMap(([name, choice]) => {
    const addon = chosenAddon(name, choice);
    const there = addon === undefined ? [] : clustersOfAddon(addon, choice, clusters);
    return there.some((cluster) => clusters[cluster]?.role === "workload") ? [name] : [];
  });
}

/** Whether nobody has said who signs the control plane's tokens, by which some engines get into virtual clusters. */
export function lacksVirtualIssuer({ gitops, clusters }: Pick<Settings, "gitops" | "clusters">): boolean {
  const said = "virtualClusters" in gitops && gitops.virtualClusters.issuer !== undefined;
  return !said && Object.values(clusters).some(({ role, kind }) => role === "control-plane" && kind === "eks");
}

/** Whether an addon brings objects besides its chart that this engine would have to apply. */
function needsObjects(name: string, choice: AddonSettings, engine: string): boolean {
  const addon = chosenAddon(name, choice);
  const { objects = [], objectsAbout = engine } = addon ?? {};
  return objects.length > 0 && objectsAbout === engine;
}

/** What only a hub knows, where there is none: it would say nothing. */
function ofHubAlone({ gitops }: Pick<Settings, "gitops">, { placeOf }: Pick<Places, "placeOf">): Problem[] {
  if (!("topology" in gitops) || gitops.topology === "hub") return [];
  return (["login", "servers"] as const)
    .filter((key) => gitops[key] !== undefined)
    .map((key) =>
      mistake(
        "K008",
        placeOf(["gitops", key], "key"),
        `"${key}" is for Flux on the control plane alone`,
        "remove it, or write topology: hub",
      ),
    );
}

/** What the settings ask of the GitOps engine. */
export function checkGitOps(settings: Settings, { placeOf }: Places): Problem[] {
  const { gitops, addons, entrance, delivery, clusters, products } = settings;
  const outside = Object.values(clusters).some(({ role, kind }) => role === "control-plane" && kind !== "eks");
  const wants: readonly (readonly [Ability, readonly string[]])[] = [
    ...Object.entries(addons)
      .filter(([name, choice]) => needsObjects(name, choice, gitops.kind))
      .map(([name]) => ["addon-objects", ["addons", name]] as const),
    ...addonsOfWorkloads(settings).map((name) => ["workload-addons", ["addons", name]] as const),
    ...(entrance === undefined ? [] : [["entrance", ["entrance"]] as const]),
    ...(delivery === "direct" ? [] : [["git-delivery", ["delivery"]] as const]),
    ...Object.entries(products).flatMap(([name, { values }]) =>
      values === undefined ? [] : [["product-values", ["products", name, "values"]] as const],
    ),
    ...Object.entries(clusters).flatMap(([name, cluster]) => [
      ...(cluster.kind === "eks" && outside ? [["eks", ["clusters", name]] as const] : []),
      ...(cluster.kind === "eks" && cluster.role === "workload" && cluster.oidc !== undefined
        ? [["eks-people", ["clusters", name, "oidc"]] as const]
        : []),
    ]),
  ];
  const targets = Object.keys(clusters).filter((name) => clusters[name]?.role === "workload");
  const named: readonly (readonly string[])[] = [
    ...("servers" in gitops ? Object.keys(gitops.servers ?? {}).map((name) => ["servers", name]) : []),
    ...("virtualClusters" in gitops
      ? Object.keys(gitops.virtualClusters.addresses).map((name) => ["virtualClusters", "addresses", name])
      : []),
  ];
  return [
    ...ofHubAlone(settings, { placeOf }),
    ...wants.flatMap(([ability, path]) => lacking(settings, ability, placeOf(path, "key"))),
    ...named.flatMap((path) => {
      const name = path.at(-1) ?? "";
      if (targets.includes(name)) return [];
      const place = placeOf(["gitops", ...path], "key");
      return [mistake("K008", place, `"${name}" is no workload cluster`, suggestion(name, targets))];
    }),
  ];
}
