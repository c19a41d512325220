import { lackOf } from "../engines";
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
  const lack = lackOf(gitops.kind, ability, registry.kind);
  return lack === undefined ? [] : [mistake("P045", place, lack.cause, lack.remedy)];
}

/** What the settings ask of the GitOps engine. */
export function checkGitOps(settings: Settings, { placeOf }: Places): Problem[] {
  const { gitops, addons, entrance, delivery, clusters, products } = settings;
  const outside = Object.values(clusters).some(({ role, kind }) => role === "control-plane" && kind !== "eks");
  const wants: readonly (readonly [Ability, readonly string[]])[] = [
    ...Object.keys(addons).map((name) => ["addons", ["addons", name]] as const),
    ...(entrance === undefined ? [] : [["addons", ["entrance"]] as const]),
    ...(delivery === "direct" ? [] : [["git-delivery", ["delivery"]] as const]),
    ...Object.entries(products).flatMap(([name, { values }]) =>
      values === undefined ? [] : [["product-values", ["products", name, "values"]] as const],
    ),
    ...Object.entries(clusters).flatMap(([name, { kind }]) =>
      kind === "eks" && outside ? [["eks", ["clusters", name]] as const] : [],
    ),
  ];
  const targets = Object.keys(clusters).filter((name) => clusters[name]?.role === "workload");
  const servers = "servers" in gitops ? Object.keys(gitops.servers) : [];
  return [
    ...wants.flatMap(([ability, path]) => lacking(settings, ability, placeOf(path, "key"))),
    ...servers
      .filter((name) => !targets.includes(name))
      .map((name) =>
        mistake(
          "K008",
          placeOf(["gitops", "servers", name], "key"),
          `"${name}" is no workload cluster`,
          suggestion(name, targets),
        ),
      ),
  ];
}
