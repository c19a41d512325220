import type { Manifest } from "@estate/clients";
import type { FluxControllerName } from "../../model/controllers";
import { eventually } from "../../scripts/live/wait";
import { flagsOf, startController, type Workplace } from "../controllers";
import { conditionsOf, type FlagAttack, type FlagGap, type Scene } from "../flags/attack";
import type { Outside } from "../flags/outside";
import type { Verdict } from "../verdict";
import type { Outcome } from "./mutant";

/** Where flags are tried. */
export interface FlagPlace extends Workplace {
  readonly outside: Outside;
  /** The authority by which the API server is known, in PEM. */
  readonly certificate: string;
}

/** How long a controller may take for an object; it is a second or two on an idle machine. */
const boundMs = 60_000;

/** Writes objects, and what their status says, in their order; gives the last one. */
async function bring({ client }: Scene, objects: readonly Manifest[]): Promise<Manifest> {
  for (const { status, ...object } of objects) {
    await client.create(object);
    if (status !== undefined) await client.patch(object, { status }, { subresource: "status" });
  }
  const last = objects.at(-1);
  if (last === undefined) throw new Error("an attack writes nothing");
  return last;
}

/** Takes them away, whatever their controller, which has ended, still wanted to do before. */
async function takeAway({ client }: Scene, objects: readonly Manifest[]): Promise<void> {
  for (const object of [...objects].reverse()) {
    if ((await client.find(object)) === undefined) continue;
    await client.patch(object, { metadata: { finalizers: null } });
    await client.delete(object);
  }
}

/** Runs a controller, without a flag where one is named; what `work` has written is taken away after. */
async function during<T>(
  place: FlagPlace,
  name: FluxControllerName,
  without: string | undefined,
  work: (scene: Scene, write: (objects: readonly Manifest[]) => Promise<Manifest>) => Promise<T>,
): Promise<T> {
  const { cluster, outside, certificate } = place;
  const written: Manifest[] = [];
  const controller = await startController(place, name, without);
  // A short name: a release's may not have more than 53 characters.
  const round = `${name.replace("-controller", "")}-${String(without === undefined ? 0 : flagsOf(name).indexOf(without) + 1)}`;
  const scene: Scene = { client: cluster.client, outside, certificate, controller, round };
  let ended = false;
  try {
    const result = await work(scene, async (objects) => {
      written.push(...objects);
      return bring(scene, objects);
    });
    ended = true;
    await controller.end();
    return result;
  } finally {
    if (!ended) await controller.end().catch(() => undefined);
    await takeAway(scene, written);
  }
}

/** What was awaited and seen, when it did not come; undefined when it did. */
async function fault(awaited: string, look: () => Promise<{ done: boolean; seen: string }>) {
  let said = "";
  try {
    await eventually(awaited, boundMs, async () => {
      const sight = await look();
      said = sight.seen;
      return sight;
    });
    return { said };
  } catch (thrown) {
    return { said, fault: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

const reasonAwaited = ({ reason }: FlagAttack): string => `the controller's reason ${String(reason)}`;

/** With all its flags a controller refuses each attack, with the reason, and lets each twin be. */
async function whole(
  place: FlagPlace,
  name: FluxControllerName,
  attacks: readonly FlagAttack[],
): Promise<readonly Verdict[]> {
  return during(place, name, undefined, async (scene, write) => {
    const judged: Manifest[] = [];
    for (const { objects, twin } of attacks) {
      judged.push(await write(await objects(scene)));
      await write(await twin.objects(scene));
    }
    const verdicts: Verdict[] = [];
    const add = (what: string, found: string | undefined, threat?: number): void => {
      const named = threat === undefined ? {} : { threat };
      verdicts.push({ what: `${name}: ${what}`, ...named, ...(found === undefined ? {} : { fault: found }) });
    };
    for (const [index, attack] of attacks.entries()) {
      const { what, reason, said, threat, through, twin } = attack;
      const object = judged[index];
      const seen = said ?? (() => (object === undefined ? Promise.resolve("") : conditionsOf(scene.client, object)));
      const refusal = await fault(reasonAwaited(attack), async () => {
        const text = await seen(scene);
        return { done: reason.test(text), seen: text };
      });
      // Refused, and yet it has happened?
      const after = refusal.fault === undefined ? await through(scene) : undefined;
      add(
        `refuses ${what}`,
        refusal.fault ?? (after?.done === true ? `refused, and yet: ${after.seen}` : undefined),
        threat,
      );
      add(`admits ${twin.what}`, (await fault(twin.what, () => twin.done(scene))).fault);
    }
    return verdicts;
  });
}

/** What goes through with all flags set, of what is known to: a gap that is closed is no longer told. */
export async function openGaps(place: FlagPlace, gaps: readonly FlagGap[]): Promise<string[]> {
  const open: string[] = [];
  for (const { controller, flag, what, objects, through } of gaps)
    await during(place, controller, undefined, async (scene, write) => {
      await write(await objects(scene));
      const { fault: closed } = await fault(what, () => through(scene));
      if (closed === undefined) open.push(`${controller} ${flag}: ${what}`);
    });
  return open;
}

/** Without a flag, the attacks that it refuses go through. */
async function mutant(
  place: FlagPlace,
  name: FluxControllerName,
  flag: string,
  attacks: readonly FlagAttack[],
): Promise<Outcome> {
  return during(place, name, flag, async (scene, write) => {
    const outcome = { of: name, without: flag };
    for (const { objects } of attacks) await write(await objects(scene));
    const noticed: string[] = [];
    for (const { what, through } of attacks) {
      const { said, fault: missed } = await fault(`${what}, without ${flag}`, () => through(scene));
      if (missed !== undefined) return { ...outcome, missed };
      noticed.push(`${what}: ${said}`);
    }
    return noticed.length === 0 ? outcome : { ...outcome, noticed: noticed.join("; ") };
  });
}

/** The attacks on each controller, in the order of the list. */
function byController(attacks: readonly FlagAttack[]): [FluxControllerName, FlagAttack[]][] {
  const groups = new Map<FluxControllerName, FlagAttack[]>();
  for (const attack of attacks) groups.set(attack.controller, [...(groups.get(attack.controller) ?? []), attack]);
  return [...groups];
}

/** What all bring, side by side; an error of one only when none is under way any more. */
async function together<T>(works: readonly Promise<readonly T[]>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return (await Promise.all(works)).flat();
}

/** Each controller with all its flags, side by side: they judge different kinds. */
export function tryFlags(place: FlagPlace, attacks: readonly FlagAttack[]): Promise<Verdict[]> {
  return together(byController(attacks).map(([name, own]) => whole(place, name, own)));
}

/**
 * Each controller without each of its flags, one after the other, and different controllers side by side. A flag that no
 * attack is about stays unnoticed.
 */
export function mutateFlags(
  place: FlagPlace,
  names: readonly FluxControllerName[],
  attacks: readonly FlagAttack[],
): Promise<Outcome[]> {
  const outcomes = names.map(async (name) => {
    const found: Outcome[] = [];
    for (const flag of flagsOf(name)) {
      const about = attacks.filter((attack) => attack.controller === name && attack.flag === flag);
      found.push(await mutant(place, name, flag, about));
    }
    return found;
  });
  return together(outcomes);
}
