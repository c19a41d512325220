import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../../../../sandbox/doubles/framework/codec";
import {
  conceal,
  containsUnknown,
  isSecret,
  reveal,
  same,
  secret,
  secretPaths,
  toJson,
  UNKNOWN,
  unwrap,
  type PropertyMap,
} from "../../../../sandbox/doubles/framework/value";

const SIGNATURE = "4dabf18193072939515e22adb298388d";

describe("the codec", () => {
  it("gives back what it was given", () => {
    const properties: PropertyMap = {
      text: "a",
      number: 1.5,
      flag: false,
      nothing: null,
      list: [1, secret("b"), UNKNOWN],
      map: { inner: secret({ deep: UNKNOWN }) },
    };
    expect(decode(encode(properties))).toEqual(properties);
  });

  it.each([
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
  ])("knows the sentinel %s as unknown", (sentinel) => {
    expect(decode(Struct.fromJavaScript({ x: [sentinel] }))).toEqual({ x: [UNKNOWN] });
  });

  it("reads output values: without a value they are unknown, and secret if they say so", () => {
    const output = (rest: Record<string, string | boolean>): Record<string, string | boolean> => ({
      [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
      ...rest,
    });
    const decoded = decode(
      Struct.fromJavaScript({
        known: output({ value: "v" }),
        unknown: output({}),
        hidden: output({ value: "s", secret: true }),
      }),
    );
    expect(decoded["known"]).toBe("v");
    expect(decoded["unknown"]).toBe(UNKNOWN);
    expect(isSecret(decoded["hidden"])).toBe(true);
    expect(unwrap(decoded["hidden"] ?? null)).toBe("s");
  });

  it("carries assets and resource references through", () => {
    const raw = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "hello" };
    expect(encode(decode(Struct.fromJavaScript({ asset: raw }))).toJavaScript()).toEqual({ asset: raw });
  });
});

describe("secrets", () => {
  const properties = { a: secret("x"), b: { c: [1, secret({ d: 2 })] } };

  it("are unwrapped at any depth and wrapped again by their places", () => {
    expect(reveal(properties)).toEqual({ a: "x", b: { c: [1, { d: 2 }] } });
    expect(secretPaths(properties)).toEqual([["a"], ["b", "c", 1]]);
    expect(conceal(reveal(properties), secretPaths(properties))).toEqual(properties);
    expect(conceal({ a: "x" }, [["gone"], ["a", "deeper"]])).toEqual({ a: "x" });
  });

  it("are equal to the same value in the clear; unknowns are equal to nothing", () => {
    expect(same(properties, reveal(properties))).toBe(true);
    expect(same(secret(UNKNOWN), UNKNOWN)).toBe(false);
    expect(same({ a: 1 }, { a: 1, b: null })).toBe(false);
  });

  it("hide unknowns from nobody", () => {
    expect(containsUnknown({ a: [secret({ b: UNKNOWN })] })).toBe(true);
    expect(() => toJson({ a: UNKNOWN })).toThrow(/unknown/);
  });
});
