import { isRecord, type Manifest } from "@estate/clients";
import {
  askedWhoItIs,
  noIdentity,
  object,
  others,
  own,
  ready,
  secret,
  type FlagAttack,
  type Scene,
  type Sight,
} from "./attack";

const controller = "notification-controller";
const beta = "notification.toolkit.fluxcd.io/v1beta3";
const named = ({ round }: Scene, what: string): string => `${what}-${round}`;

const repository = (name: string, namespace: string): Manifest =>
  object(
    "source.toolkit.fluxcd.io/v1",
    "GitRepository",
    name,
    { spec: { interval: "1h", url: `https://sources.example.com/${name}`, suspend: true } },
    namespace,
  );

const provider = (name: string, spec: object): Manifest => object(beta, "Provider", name, { spec });

/** Somewhere outside that takes whatever is sent. */
const endpoint = (scene: Scene, name: string): Manifest =>
  provider(name, { type: "generic", address: `${scene.outside.address}/events/${name}` });

/** Of the events of one repository. */
const alert = (name: string, namespace: string): Manifest =>
  object(beta, "Alert", name, {
    spec: { providerRef: { name }, eventSources: [{ kind: "GitRepository", name, namespace }] },
  });

let events = 0;

/** An event as the other controllers send it. Two that say the same would be taken for one. */
async function happens({ controller: { address } }: Scene, name: string, namespace: string): Promise<void> {
  const { apiVersion, kind } = repository(name, namespace);
  const event = {
    involvedObject: { apiVersion, kind, name, namespace },
    severity: "info",
    timestamp: new Date().toISOString(),
    message: `something that nobody else should know, ${String((events += 1))}`,
    reason: "Succeeded",
    reportingController: "source-controller",
  };
  const answer = await fetch(`${address("events")}/`, { method: "POST", body: JSON.stringify(event) });
  await answer.arrayBuffer();
}

/** What the controller tells of an alert, in the cluster's events. */
async function toldOf({ client }: Scene, name: string): Promise<string> {
  const { items } = await client.list("v1", "Event", { namespace: own });
  return items
    .filter(({ involvedObject: of }) => isRecord(of) && of["kind"] === "Alert" && of["name"] === name)
    .map(({ reason, message }) => `${String(reason)}: ${String(message)}`)
    .join("; ");
}

/** Something happens, and is told outside. */
const arrives =
  (what: string, namespace: string): FlagAttack["through"] =>
  async (scene) => {
    const name = named(scene, what);
    await happens(scene, name, namespace);
    const asked = scene.outside.seen(`/events/${name}`);
    const done = asked?.body.includes(`"namespace":"${namespace}"`) === true;
    return { done, seen: asked === undefined ? await toldOf(scene, name) : asked.body };
  };

const receiver = (name: string, namespace?: string): Manifest =>
  object("notification.toolkit.fluxcd.io/v1", "Receiver", name, {
    spec: {
      type: "generic",
      secretRef: { name },
      resources: [{ kind: "GitRepository", name, ...(namespace === undefined ? {} : { namespace }) }],
    },
  });

/** Asks the receiver's address; gives what it answered, or what the receiver says meanwhile. */
async function called(scene: Scene, name: string): Promise<string> {
  const status = (await scene.client.find(receiver(name)))?.["status"];
  const path = isRecord(status) ? status["webhookPath"] : undefined;
  if (typeof path !== "string") return (await ready(scene, receiver(name))).seen;
  const answer = await fetch(`${scene.controller.address("webhooks")}${path}`, { method: "POST", body: "{}" });
  await answer.arrayBuffer();
  return `${String(answer.status)} of the receiver`;
}

/** The receiver's address is asked, and the repository is to be fetched anew. */
const fetchedAnew =
  (what: string, namespace: string): FlagAttack["through"] =>
  async (scene): Promise<Sight> => {
    const name = named(scene, what);
    const answer = await called(scene, name);
    const { metadata } = await scene.client.get(repository(name, namespace));
    const seen = JSON.stringify(metadata.annotations ?? {});
    return { done: seen.includes("reconcile.fluxcd.io/requestedAt"), seen: `${answer}; annotations ${seen}` };
  };

const token = (name: string): Manifest => secret(name, { token: "a receiver's token" });

/** What notification-controller's flags refuse. */
export const notificationAttacks: readonly FlagAttack[] = [
  {
    controller,
    flag: "--no-cross-namespace-refs",
    threat: 20,
    what: "an Alert that tells what happens to another tenant's objects",
    objects: (scene) => {
      const name = named(scene, "alert");
      return [repository(name, others), endpoint(scene, name), alert(name, others)];
    },
    said: async (scene) => {
      await happens(scene, named(scene, "alert"), others);
      return toldOf(scene, named(scene, "alert"));
    },
    reason: /NotificationDispatchFailed: .*cross-namespace references have been blocked/,
    through: arrives("alert", others),
    twin: {
      what: "one that tells of its own",
      objects: (scene) => {
        const name = named(scene, "alert-twin");
        return [repository(name, own), endpoint(scene, name), alert(name, own)];
      },
      done: arrives("alert-twin", own),
    },
  },
  {
    controller,
    flag: "--no-cross-namespace-refs",
    threat: 20,
    what: "a Receiver by which another tenant's source is fetched",
    objects: (scene) => {
      const name = named(scene, "hook");
      return [repository(name, others), token(name), receiver(name, others)];
    },
    said: async (scene) => {
      const name = named(scene, "hook");
      const answer = await called(scene, name);
      const lines = scene.controller.log().split("\n");
      return `${answer}; ${lines.filter((line) => line.includes(`"${name}"`) && line.includes('"error"')).join("; ")}`;
    },
    reason: /^500 of the receiver; .*cross-namespace references are not allowed/,
    through: fetchedAnew("hook", others),
    twin: {
      what: "one for its own",
      objects: (scene) => {
        const name = named(scene, "hook-twin");
        return [repository(name, own), token(name), receiver(name)];
      },
      done: fetchedAnew("hook-twin", own),
    },
  },
  {
    controller,
    flag: "--default-service-account",
    threat: 22,
    what: "a Provider that is open to the platform's identity on Azure",
    objects: (scene) => {
      const name = named(scene, "hub");
      const hub = provider(name, {
        type: "azureeventhub",
        address: "events",
        channel: "platform.servicebus.windows.net",
      });
      return [repository(name, own), hub, alert(name, own)];
    },
    said: async (scene) => {
      await happens(scene, named(scene, "hub"), own);
      return toldOf(scene, named(scene, "hub"));
    },
    reason: noIdentity("default"),
    through: async (scene) => {
      await happens(scene, named(scene, "hub"), own);
      return askedWhoItIs(scene);
    },
    twin: {
      what: "one that asks nobody who it is",
      objects: (scene) => {
        const name = named(scene, "hub-twin");
        return [repository(name, own), endpoint(scene, name), alert(name, own)];
      },
      done: arrives("hub-twin", own),
    },
  },
];
