import { z } from "zod";
import type { Ability, GitOpsFacts } from "../model/gitops";
import type { EstateFacts } from "../model/home";
import type { Json } from "../model/kubernetes";
import type { GitOpsEngine, ImageVersions, Lack } from "./engine";
import { argocd } from "./argocd";
import { flux } from "./flux";

/** The GitOps engines that there are. A new one is one file and one name here. */
const engines: readonly GitOpsEngine[] = [flux, argocd];

/** Schema of `estate:gitops`. */
export const gitOpsSchema = z.discriminatedUnion("kind", [flux.schema, argocd.schema]);

/** The engine of that kind. */
export function engineOf(kind: string): GitOpsEngine {
  const found = engines.find((engine) => engine.kind === kind);
  if (found === undefined) throw new RangeError(`no GitOps engine is called ${kind}`);
  return found;
}

/** What every part of the plan may know about the engine of the settings. */
export function gitOpsFacts(settings: { readonly kind: string } & Readonly<Record<string, unknown>>): GitOpsFacts {
  const { kind, title, namespace, instance, receivers } = engineOf(settings.kind);
  // Checked by the engine's own schema, which knows nothing but JSON.
  const central = isCentral(kind);
  return { kind, title, namespace, instance, receivers, central, settings: settings as Readonly<Record<string, Json>> };
}

/** How that engine wants versions of images written that it renews. */
export const imageVersionsOf = (kind: string): ImageVersions => engineOf(kind).imageVersions;

/** Whether the engine of that kind runs on the control plane alone, and reaches the other clusters from there. */
export const isCentral = (kind: string): boolean => engineOf(kind).tenant !== undefined;

/** Why the engine of that kind cannot do something, where images are kept so; undefined when it can. */
export function lackOf(kind: string, ability: Ability, registry: EstateFacts["registry"]["kind"]): Lack | undefined {
  const lack = engineOf(kind).lacks[ability];
  return lack?.registry === undefined || lack.registry === registry ? lack : undefined;
}
