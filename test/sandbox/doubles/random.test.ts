import { compareSync } from "bcryptjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { text } from "../../../sandbox/doubles/framework/bridge/fields";
import { isSecret, reveal, toJson, UNKNOWN, unwrap } from "../../../sandbox/doubles/framework/value";
import { random } from "../../../sandbox/doubles/random/plugin";
import { orphan } from "./framework/orphan";
import { Rig } from "./framework/rig";

const PASSWORD = "random:index/randomPassword:RandomPassword";
const STRING = "random:index/randomString:RandomString";
const ID = "random:index/randomId:RandomId";
const UUID = "random:index/randomUuid:RandomUuid";
const BYTES = "random:index/randomBytes:RandomBytes";

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.of(random());
  await rig.configure();
});
afterAll(() => rig.stop());

describe("the double of random", () => {
  it.each([
    ["no length", PASSWORD, {}, /length: Missing required property/],
    ["length 0", PASSWORD, { length: 0 }, /at least 1/],
    ["a length in words", PASSWORD, { length: "long" }, /expected integer type/],
    ["half a character", PASSWORD, { length: 1.5 }, /expected integer type/],
    ["minimums beyond the length", PASSWORD, { length: 4, minUpper: 2, minSpecial: 3 }, /at least the sum/],
    [
      "no class of characters",
      STRING,
      { length: 4, upper: false, lower: false, numeric: false, special: false },
      /must be true/,
    ],
    ["number against numeric", STRING, { length: 4, number: false, numeric: true }, /different values/],
    ["an unknown property", PASSWORD, { length: 4, lenght: 4 }, /lenght: Invalid or unknown key/],
    ["no byteLength", ID, {}, /byteLength: Missing/],
    ["byteLength 0", ID, { byteLength: 0 }, /at least 1/],
    ["no bytes", BYTES, {}, /length: Missing/],
    ["a keeper that is a list", UUID, { keepers: { a: ["b"] } }, /keepers.a: expected string type/],
  ])("refuses %s", async (_, type, inputs, reason) => {
    const { failures } = await rig.check(type, inputs);
    expect(failures.join("\n")).toMatch(reason);
  });

  it("does not simulate what Estate does not use, and says so", async () => {
    await expect(rig.check("random:index/randomPet:RandomPet", {})).rejects.toThrow(/not simulated/);
  });

  it("takes unknown inputs", async () => {
    expect((await rig.check(PASSWORD, { length: UNKNOWN, keepers: { a: UNKNOWN } })).failures).toEqual([]);
  });

  it("does not know the result in preview, and keeps it secret", async () => {
    const { id, state } = await rig.make(PASSWORD, { length: 12 }, true);
    expect(id).toBe("");
    expect(isSecret(state["result"])).toBe(true);
    expect(unwrap(state["result"] ?? null)).toBe(UNKNOWN);
    expect(state["special"]).toBe(true);
  });

  it("makes passwords of the right characters, secret, with a hash that fits", async () => {
    const held = await rig.make(PASSWORD, {
      length: 30,
      minSpecial: 5,
      minNumeric: 5,
      overrideSpecial: "_",
      upper: false,
    });
    const result = text(toJson(held.state), "result");
    expect(held.id).toBe("none");
    expect(result).toMatch(/^[a-z0-9_]{30}$/);
    expect(result.replace(/[^_]/g, "").length).toBeGreaterThanOrEqual(5);
    expect(isSecret(held.state["result"]) && isSecret(held.state["bcryptHash"])).toBe(true);
    expect(compareSync(result, text(toJson(held.state), "bcryptHash"))).toBe(true);
  });

  it("never makes the same twice, and keeps what it made", async () => {
    const one = await rig.make(STRING, { length: 20 });
    const two = await rig.make(STRING, { length: 20 });
    expect(one.id).not.toBe(two.id);
    expect(await rig.read(STRING, one)).toEqual(one);
    expect((await rig.diff(STRING, one, one.inputs)).changes).toBe("none");
  });

  it("replaces, create first, at every change", async () => {
    const held = await rig.make(STRING, { length: 20, keepers: { a: "1" } });
    expect(await rig.diff(STRING, held, { length: 20, keepers: { a: "2" } })).toEqual({
      changes: "some",
      replaces: ["keepers"],
      deleteBeforeReplace: false,
      detailed: { "keepers.a": "update-replace" },
    });
    const numbers = await rig.diff(STRING, held, { length: 20, keepers: { a: "1" }, number: false });
    expect(numbers.replaces).toEqual(["numeric", "number"]);
    expect((await rig.diff(STRING, held, { length: 21, keepers: { a: "1" } }, ["length"])).changes).toBe("none");
  });

  it("spells ids in four ways after the prefix", async () => {
    const { id, state } = await rig.make(ID, { byteLength: 4, prefix: "p-" });
    const bytes = Buffer.from(id, "base64url");
    expect(bytes).toHaveLength(4);
    expect(state["hex"]).toBe(`p-${bytes.toString("hex")}`);
    expect(state["dec"]).toBe(`p-${bytes.readUInt32BE()}`);
    expect(state["b64Std"]).toBe(`p-${bytes.toString("base64")}`);
  });

  it("makes UUIDs and secret bytes", async () => {
    const uuid = await rig.make(UUID, {});
    expect(uuid.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(uuid.state["result"]).toBe(uuid.id);
    const bytes = await rig.make(BYTES, { length: 16 });
    expect(isSecret(bytes.state["base64"]) && isSecret(bytes.state["hex"])).toBe(true);
    expect(reveal(bytes.state)["hex"]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("imports a password by its value", async () => {
    const read = await rig.read(PASSWORD, { id: "planted", inputs: {}, state: {} });
    expect(reveal(read?.state ?? {})).toMatchObject({ result: "planted", length: 7 });
    expect(isSecret(read?.state["result"])).toBe(true);
  });

  it("writes its port first, and ends when its parent is killed", async () => {
    const { line, ended } = await orphan("random");
    expect(line).toMatch(/^\d+\n$/);
    expect(ended).toBe(true);
  });
});
