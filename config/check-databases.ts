import { chosenAddon } from "../model/addon-choice";
import { isReserved } from "../model/names";
import { externalSecretsNamespace, fluxNamespace } from "../model/platform";
import type { Problem } from "../model/problem";
import { clustersOfKind } from "./clusters";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

/** The operator's namespace is the platform's, and none that Kubernetes, an addon or a tenant has. */
export function checkDatabases(settings: Settings, { placeOf }: Places): Problem[] {
  return clustersOfKind(settings.clusters, "existing").flatMap(([name, { databases }]) => {
    if (databases === undefined) return [];
    const { namespace, install } = databases;
    const refused = (cause: string): Problem[] => [
      mistake("N007", placeOf(["clusters", name, "databases", "namespace"]), cause, "choose a namespace of its own"),
    ];
    const others = [fluxNamespace, externalSecretsNamespace, "argocd", "default"];
    if (others.includes(namespace) || namespace.startsWith("kube-"))
      return refused(`namespace "${namespace}" is not an operator's of databases`);
    const environment = Object.keys(settings.environments).find((one) => namespace.endsWith(`-${one}`));
    if (environment !== undefined && !isReserved(namespace))
      return refused(`namespace "${namespace}" could be a tenant's in environment "${environment}"`);
    const addon = Object.entries(settings.addons).find(
      ([key, choice]) => chosenAddon(key, choice)?.namespace === namespace,
    );
    // One that is there already may well be an addon of the estate's own.
    if (install && addon !== undefined) return refused(`namespace "${namespace}" is that of addon "${addon[0]}"`);
    return [];
  });
}
