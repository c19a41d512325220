import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalQuantity, isQuantity, quantityMilli } from "../../model/quantity";

describe("quantities", () => {
  it.each([
    ["8", "8"],
    ["8000m", "8"],
    ["0.5", "500m"],
    ["1.5Gi", "1536Mi"],
    ["1024Mi", "1Gi"],
    ["1000Mi", "1000Mi"],
    ["1000", "1k"],
    ["1500M", "1500M"],
    ["0", "0"],
    ["0.0010", "1m"],
    ["00200", "200"],
  ])("%s is written as the API server writes it: %s", (text, canonical) => {
    expect(canonicalQuantity(text)).toBe(canonical);
  });

  it.each([
    "",
    "10GB",
    "10 Gi",
    "1K",
    "100mi",
    "10Gii",
    "-1",
    "0x10",
    "1e3",
    "0.0001",
    "99999999999999999999Gi",
    "Gi",
    ".5",
  ])("%j is refused", (text) => {
    expect(isQuantity(text)).toBe(false);
    expect(() => canonicalQuantity(text)).toThrow(RangeError);
  });

  it("keep their value, and a canonical one stays as it is", () => {
    const suffix = fc.constantFrom("", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti");
    fc.assert(
      fc.property(fc.nat(1_000_000), suffix, (whole, unit) => {
        const text = `${String(whole)}${unit}`;
        const canonical = canonicalQuantity(text);
        expect(quantityMilli(canonical)).toBe(quantityMilli(text));
        expect(canonicalQuantity(canonical)).toBe(canonical);
      }),
    );
  });
});
