import { isRecord, type Manifest } from "@estate/clients";
import { join } from "node:path";
import { parse } from "yaml";

import { fluxArguments, fluxControllers, type FluxControllerName } from "../../model/controllers";
import { patchesOf, placeOf, tenancyOf } from "./instance";

/** Where a controller keeps what outlives it; it must be there before. */
export const dataFolder = (folder: string): string => join(folder, "data");

/** What a controller listens on besides its health: each is a port of its own. */
type Listener = "artifacts" | "events" | "webhooks";

/** How a controller differs outside of a cluster. */
interface Outside {
  readonly listens: readonly Listener[];
  readonly flags: (at: Record<Listener, string>, folder: string) => readonly string[];
  /** Those of its listeners that must answer before it is ready, as in its Deployment's probe. */
  readonly ready: readonly Listener[];
}

/** Two at a time are enough for one person's sandbox; what waits for something else looks again soon. */
const modest = ["--concurrent=2", "--requeue-dependency=2s"];

const outside: Readonly<Record<FluxControllerName, Outside>> = {
  "source-controller": {
    listens: ["artifacts"],
    flags: ({ artifacts }, folder) => [
      ...modest,
      `--storage-path=${dataFolder(folder)}`,
      `--storage-addr=${artifacts}`,
      `--storage-adv-addr=${artifacts}`,
    ],
    ready: ["artifacts"],
  },
  "kustomize-controller": { listens: [], flags: () => modest, ready: [] },
  "helm-controller": { listens: [], flags: () => modest, ready: [] },
  "notification-controller": {
    listens: ["events", "webhooks"],
    flags: ({ events, webhooks }) => ["--concurrent=2", `--events-addr=${events}`, `--receiverAddr=${webhooks}`],
    ready: [],
  },
  "image-reflector-controller": {
    listens: [],
    flags: (_at, folder) => [...modest, `--storage-path=${dataFolder(folder)}`],
    ready: [],
  },
  "image-automation-controller": { listens: [], flags: () => ["--concurrent=2"], ready: [] },
};

/** The names of a controller's ports: `health` first. */
export function listenersOf(name: FluxControllerName): readonly string[] {
  return ["health", ...outside[name].listens];
}

/** Whether it is a controller of Flux. */
export function isFluxController(name: string): name is FluxControllerName {
  return Object.hasOwn(outside, name);
}

/** What a controller's process is started with. */
export interface ControllerRun {
  readonly args: readonly string[];
  /** Addresses that answer 200 once it is ready. */
  readonly ready: readonly string[];
  /** What of the FluxInstance could not be honoured, in words. */
  readonly ignored: readonly string[];
}

/**
 * The arguments of a controller's process: those which flux-operator would give its container for this FluxInstance, then
 * what is different outside of a cluster. Of a flag that is given twice the last one holds.
 */
export function controllerRun(
  name: FluxControllerName,
  instance: Manifest,
  port: (controller: FluxControllerName, listener: string) => number | undefined,
  folder: string,
): ControllerRun {
  const controller = fluxControllers.find((candidate) => candidate.name === name);
  if (controller === undefined) throw new Error(`${name} is not in the table of controllers`);
  const address = (listener: string, of = name): string => `127.0.0.1:${String(port(of, listener) ?? 0)}`;
  const place = placeOf(instance);
  const given = fluxArguments(controller, tenancyOf(instance), place);
  const { added, ignored } = patched(instance, name);
  // Without a process that takes them, events stay in the cluster; an address nobody answers at would fill the log.
  const takesEvents = place.components.includes("notification-controller") && port("notification-controller", "events");
  const events = takesEvents ? `http://${address("events", "notification-controller")}/` : "";
  const { flags, ready } = outside[name];
  const at = { artifacts: address("artifacts"), events: address("events"), webhooks: address("webhooks") };
  return {
    args: [
      ...given,
      ...added,
      ...(name === "notification-controller" ? [] : [`--events-addr=${events}`]),
      "--enable-leader-election=false",
      "--metrics-addr=0",
      `--health-addr=${address("health")}`,
      ...flags(at, folder),
    ],
    ready: [`http://${address("health")}/readyz`, ...ready.map((listener) => `http://${at[listener]}/`)],
    ignored,
  };
}

/** What the instance's patches add to a controller's arguments. Other patches concern pods, and there are none. */
function patched(instance: Manifest, name: string): { added: string[]; ignored: string[] } {
  const added: string[] = [];
  const ignored: string[] = [];
  for (const { target, patch } of patchesOf(instance)) {
    if (!isRecord(target) || target["kind"] !== "Deployment") continue;
    const pattern = typeof target["name"] === "string" ? target["name"] : ".*";
    // As kustomize reads it: a regular expression for the whole name.
    if (!new RegExp(`^(?:${pattern})$`).test(name)) continue;
    const operations: unknown = parse(String(patch));
    for (const operation of Array.isArray(operations) ? operations.filter(isRecord) : [{ path: "a whole object" }]) {
      const { op, path, value }: Readonly<Record<string, unknown>> = operation;
      const isArgument = op === "add" && path === "/spec/template/spec/containers/0/args/-";
      if (isArgument && typeof value === "string") added.push(value);
      else ignored.push(`${name}: a patch of ${String(path)}`);
    }
  }
  return { added, ignored };
}
