import { z } from "zod";
import type { Ability, GitOpsFacts } from "../model/gitops";
import type { EstateFacts } from "../model/home";
import type { Json } from "../model/kubernetes";
import type { EnginePlace, GitOpsEngine, ImageVersions, Lack } from "./engine";
import { argocd } from "./argocd";
import { flux } from "./flux";
import { fluxHub } from "./flux-hub";

/** The GitOps engines that there are. A new one is one file and one name here. */
export const engines: readonly GitOpsEngine[] = [flux, fluxHub, argocd];

/** Schema of `estate:gitops`. */
export const gitOpsSchema = z.discriminatedUnion("kind", [flux.schema, argocd.schema]);

/** What of the settings chooses an engine. */
interface Choice {
  readonly kind: string;
  readonly topology?: string;
}

/** The name of the engine that the settings choose: Flux as a hub is one of its own. */
export const engineName = ({ kind, topology = "per-cluster" }: Choice): string =>
  topology === "per-cluster" ? kind : `${kind}-${topology}`;

/** The engine of that name. */
export function engineOf(kind: string): GitOpsEngine {
  const found = engines.find((engine) => engine.kind === kind);
  if (found === undefined) throw new RangeError(`no GitOps engine is called ${kind}`);
  return found;
}

/** What every part of the plan may know about the engine of the settings. */
export function gitOpsFacts(given: Choice & Readonly<Record<string, unknown>>, place: EnginePlace): GitOpsFacts {
  const { kind, title, namespace, instance, receivers, keep, leaving, virtual } = engineOf(engineName(given));
  // Checked by the engine's own schema, which knows nothing but JSON.
  const settings = given as Readonly<Record<string, Json>>;
  return {
    kind,
    title,
    namespace,
    instance,
    receivers,
    ...(isCentral(kind) ? { plane: place.plane.name } : {}),
    keep,
    leaves: leaving?.said(settings) ?? true,
    virtual: virtual(settings, place),
    settings,
  };
}

/** How that engine wants versions of images written that it renews. */
export const imageVersionsOf = (kind: string): ImageVersions => engineOf(kind).imageVersions;

/** Whether the engine of that name runs on the control plane alone, and reaches the other clusters from there. */
export const isCentral = (kind: string): boolean => engineOf(kind).tenant !== undefined;

/** What clusters on EKS put before the names of the ServiceAccounts by which it logs in; undefined where it does so otherwise. */
export const issuedPrefix = (estate: Pick<EstateFacts, "gitops">): string | undefined =>
  engineOf(estate.gitops.kind).issuedPrefix?.(estate);

/** Why the engine of that name cannot do something, where images are kept so; undefined when it can. */
export function lackOf(kind: string, ability: Ability, registry: EstateFacts["registry"]["kind"]): Lack | undefined {
  const lack = engineOf(kind).lacks[ability];
  return lack?.registry === undefined || lack.registry === registry ? lack : undefined;
}
