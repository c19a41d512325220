import { isRecord, type KubernetesClient, type Manifest } from "@estate/clients";
import type { FluxControllerName } from "../../model/controllers";
import type { RunningController } from "../controllers";
import { tarball } from "../../scripts/live/tar";
import type { Outside } from "./outside";

/** Whose objects are tried, and whose must be safe. No tenant's homes: there guardrails refuse first, and no flag is needed. */
export const own = "flags-a";
export const others = "flags-b";

/** One round of one controller. */
export interface Scene {
  readonly client: KubernetesClient;
  /** The authority by which the API server is known, in PEM. */
  readonly certificate: string;
  readonly outside: Outside;
  readonly controller: RunningController;
  /** In all names of the round. */
  readonly round: string;
}

/** What can be waited for, and what is seen of it so far. */
export interface Sight {
  readonly done: boolean;
  readonly seen: string;
}

/** What is written down, in this order; the last object is the one that the controller judges. An object's status is written, too. */
type Script = (scene: Scene) => readonly Manifest[] | Promise<readonly Manifest[]>;

/** What one flag refuses, with its reason, and what is not refused because it differs in nothing but the offence. */
export interface FlagAttack {
  readonly controller: FluxControllerName;
  readonly flag: string;
  /** The number in the table of threats. */
  readonly threat: number;
  readonly what: string;
  readonly objects: Script;
  /** In what the controller says. */
  readonly reason: RegExp;
  /** What the controller says; of the last object's conditions when absent. */
  readonly said?: (scene: Scene) => Promise<string>;
  /** Whether the attack has gone through. */
  readonly through: (scene: Scene) => Promise<Sight>;
  readonly twin: {
    readonly what: string;
    readonly objects: Script;
    readonly done: (scene: Scene) => Promise<Sight>;
  };
}

/** What a flag's name promises and the flag does not hold: it goes through with all flags set. */
export type FlagGap = Pick<FlagAttack, "controller" | "flag" | "threat" | "what" | "objects" | "through">;

/** An object in a namespace; in the tenant's own unless it is said. */
export const object = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: object = {},
  namespace = own,
): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...rest,
});

export const secret = (name: string, stringData: Record<string, string>, namespace = own): Manifest =>
  object("v1", "Secret", name, { stringData }, namespace);

/** A ConfigMap as it stands in a source: without a namespace it lands where the source is applied. */
export const content = (name: string, namespace?: string): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  data: { said: "hello" },
});

const sources = "source.toolkit.fluxcd.io/v1";

/** A source with what it has fetched. It is suspended: no controller fetches it again, and the others go on with what is there. */
export function fetched(
  { outside, round }: Scene,
  kind: "GitRepository" | "OCIRepository",
  name: string,
  files: Readonly<Record<string, string>>,
  namespace = own,
): Manifest {
  const chart = kind === "OCIRepository";
  const artifact = outside.artifact(`${namespace}-${name}-${round}`, tarball(files), chart ? "1.0.0" : "main");
  const ready = {
    type: "Ready",
    status: "True",
    reason: "Succeeded",
    message: "fetched",
    observedGeneration: 1,
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  const url = `${chart ? "oci" : "https"}://sources.example.com/${name}`;
  const spec = { interval: "1h", url, suspend: true };
  return object(
    sources,
    kind,
    name,
    { spec, status: { observedGeneration: 1, conditions: [ready], artifact } },
    namespace,
  );
}

/** What an object's conditions say: `Ready False AccessDenied: …`, one after the other. */
export async function conditionsOf(client: KubernetesClient, ref: Manifest): Promise<string> {
  const status = (await client.find(ref))?.["status"];
  const conditions: unknown[] = isRecord(status) && Array.isArray(status["conditions"]) ? status["conditions"] : [];
  // SOPS breaks its lines, and draws a bar before each.
  const text = (value: unknown): string => (typeof value === "string" ? value.replaceAll(/\n[\s|]*/g, " ") : "");
  return conditions
    .filter(isRecord)
    .map(({ type, status: is, reason, message }) => `${text(type)} ${text(is)} ${text(reason)}: ${text(message)}`)
    .join("; ");
}

/** Whether an object is ready. */
export async function ready({ client }: Scene, ref: Manifest): Promise<Sight> {
  const seen = await conditionsOf(client, ref);
  return { done: /(^|; )Ready True /.test(seen), seen: `${ref.kind} ${String(ref.metadata.name)}: ${seen}` };
}

/** Whether a ConfigMap has been made there; else what `by` says. */
export async function made(
  { client }: Scene,
  name: string,
  namespace: string,
  by: Manifest,
  said = "hello",
): Promise<Sight> {
  const found = await client.find(object("v1", "ConfigMap", name, {}, namespace));
  if (found === undefined) return { done: false, seen: await conditionsOf(client, by) };
  const { data } = found;
  const seen = `ConfigMap ${namespace}/${name}: ${JSON.stringify(data)}`;
  return { done: isRecord(data) && data["said"] === said, seen };
}

/** Whether a controller has asked its cloud who it is. */
export function askedWhoItIs({ outside, controller }: Scene): Promise<Sight> {
  const asked = outside.seen(`/identity/${controller.label}/`);
  return Promise.resolve(
    asked === undefined
      ? { done: false, seen: `${controller.label} has not asked for its own identity` }
      : { done: true, seen: `its cloud was asked who it is: ${asked.path}` },
  );
}

/** What says that a ServiceAccount without any identity of a cloud was looked at in place of the controller. */
export const noIdentity = (account: string): RegExp =>
  new RegExp(`failed to get provider identity from service account '${own}/${account}'`);
