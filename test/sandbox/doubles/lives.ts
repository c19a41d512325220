import { expect } from "vitest";
import type { PropertyMap } from "../../../sandbox/doubles/framework/value";
import type { Held, Rig } from "./framework/rig";

/** One resource's life: made, changed, disturbed by someone else, deleted. */
export interface Life {
  readonly type: string;
  readonly first: PropertyMap;
  /** Absent if nothing of it changes in place. */
  readonly second?: PropertyMap;
  /** What someone else does to it. */
  readonly disturb?: (held: Held) => Promise<unknown>;
  /** Where the disturbance shows; `gone` if the resource is no more. */
  readonly shows?: readonly string[] | "gone";
  /** After its deletion, a read does not say that it is gone. */
  readonly stays?: true;
}

/** Goes through a life, with a look after each step. */
export async function live(rig: Rig, { type, first, second, disturb, shows, stays }: Life): Promise<void> {
  expect((await rig.make(type, first, true)).id).toBe("");
  let held = await expectClean(rig, type, await rig.make(type, first), first);
  if (second !== undefined) {
    const wanted = await rig.good(type, second, held.inputs);
    expect(await rig.diff(type, held, wanted)).toMatchObject({ changes: "some", replaces: [] });
    await rig.update(type, held, wanted, true);
    held = await expectClean(rig, type, await rig.update(type, held, wanted), second);
  }
  const last = second ?? first;
  if (disturb !== undefined) {
    await disturb(held);
    const read = await rig.read(type, held);
    if (shows === "gone") {
      expect(read).toBeUndefined();
      return;
    }
    if (read === undefined) throw new Error(`${held.id} is gone`);
    const wanted = await rig.good(type, last, read.inputs);
    const drift = await rig.diff(type, read, wanted);
    expect(Object.keys(drift.detailed).sort()).toEqual([...(shows ?? [])].sort());
    if (drift.replaces.length === 0) held = await expectClean(rig, type, await rig.update(type, read, wanted), last);
  }
  await rig.delete(type, held);
  if (stays === undefined) expect(await rig.read(type, held)).toBeUndefined();
}

/** A refresh finds what was made, and nothing to do. Answers what was read. */
export async function expectClean(rig: Rig, type: string, held: Held, news: PropertyMap): Promise<Held> {
  const read = await rig.read(type, held);
  if (read === undefined) throw new Error(`${held.id} is gone`);
  expect(read.inputs).toEqual(held.inputs);
  const wanted = await rig.good(type, news, held.inputs);
  expect(await rig.diff(type, held, wanted)).toMatchObject({ changes: "none" });
  expect(await rig.diff(type, read, wanted)).toMatchObject({ changes: "none" });
  expect(read.state).toEqual(held.state);
  return read;
}
