import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../model/kubernetes";
import { mapTexts, mergeValues, withValue, type Values } from "../../model/values";

const key = fc.constantFrom("a", "b", "c", "d");
const { values } = fc.letrec<{ values: Values; value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<Json>("x", "y", 1, 2, true, null),
    fc.array(fc.constantFrom<Json>("x", 1), { maxLength: 2 }),
    tie("values"),
  ),
  values: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
}));

/** The same map with its keys in another order, all the way down. */
function shuffled(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value as Values)
      .reverse()
      .map(([name, inner]) => [name, shuffled(inner)]),
  );
}

const holdsNull = (value: Json): boolean =>
  value === null ||
  (typeof value === "object" && !Array.isArray(value) && Object.values(value as Values).some(holdsNull));

const text = (...layers: Values[]): string => JSON.stringify(mergeValues(...layers));

describe("merging values", () => {
  it("lays maps over each other, replaces lists and scalars, and takes away by null", () => {
    const estate = { a: { kept: 1, gone: { deep: 1 }, list: [1, 2] }, b: "text" };
    const cluster = { a: { gone: null, list: [3], own: true }, b: { now: "a map" } };
    expect(mergeValues(estate, cluster)).toEqual({ a: { kept: 1, list: [3], own: true }, b: { now: "a map" } });
  });

  it("does not care for the order of keys: equal settings give equal text", () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        expect(text(shuffled(one) as Values, shuffled(other) as Values)).toBe(text(one, other));
      }),
    );
  });

  it("leaves no null behind, and changes none of the layers", () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        const before = JSON.stringify([one, other]);
        expect(holdsNull(mergeValues(one, other))).toBe(false);
        expect(JSON.stringify([one, other])).toBe(before);
      }),
    );
  });

  it("is nothing with nothing, and says the same twice as once", () => {
    fc.assert(
      fc.property(values, (one) => {
        expect(text(one, {})).toBe(text(one));
        expect(text({}, one)).toBe(text(one));
        expect(text(one, one)).toBe(text(one));
      }),
    );
  });

  it("goes layer by layer: what is above one wins, however many are below", () => {
    fc.assert(
      fc.property(values, values, values, (one, two, three) => {
        fc.pre(![one, two, three].some(holdsNull));
        expect(text(mergeValues(one, two), three)).toBe(text(one, two, three));
      }),
    );
  });
});

describe("a value at a path", () => {
  it("is set in maps that are made on the way, and in items that are there", () => {
    expect(withValue({}, ["image", "repository"], "x")).toEqual({ image: { repository: "x" } });
    expect(withValue({ list: [{ image: "a", name: "n" }] }, ["list", 0, "image"], "b")).toEqual({
      list: [{ image: "b", name: "n" }],
    });
    expect(() => withValue({ list: [] }, ["list", 0, "image"], "b")).toThrow("no item 1");
  });

  it("and texts are replaced wherever they are", () => {
    expect(mapTexts({ a: ["x", { b: "x", c: 1 }] }, (one) => `${one}!`)).toEqual({ a: ["x!", { b: "x!", c: 1 }] });
  });
});
