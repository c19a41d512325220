import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cidr, contains, formatCidr, isPrivate, overlaps, parseCidr, sizeOf, subnet } from "../../../model/aws/cidr";
import {
  overlapping,
  serviceRange,
  serviceRangeMistake,
  zoneSubnets,
  type ZoneSubnets,
} from "../../../model/aws/subnets";

/** Any block: its start has zeros behind its prefix. */
const block = fc
  .tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => ({ start: address - (address % 2 ** (32 - prefix)), prefix }));

describe("a block of addresses", () => {
  it("is the same after being written and read", () => {
    fc.assert(
      fc.property(block, (each) => {
        expect(parseCidr(formatCidr(each))).toEqual(each);
      }),
    );
  });

  it.each([
    "10.0.0.1/16", "10.0.0.0/33", "256.0.0.0/8", "10.0.0/16", "10.0.0.0", "010.0.0.0/8", "", "10.0.0.0/16 ", "::/0",
    "10.0.0.0/-1", "1e1.0.0.0/8",
  ])("is not %j", (text) => expect(parseCidr(text)).toBeUndefined()); // prettier-ignore

  it("knows both ends of the space", () => {
    expect(formatCidr(cidr("255.255.255.255/32"))).toBe("255.255.255.255/32");
    expect(sizeOf(cidr("0.0.0.0/0"))).toBe(2 ** 32);
    expect(overlaps(cidr("0.0.0.0/0"), cidr("255.255.255.255/32"))).toBe(true);
  });

  it("is cut into parts that fill it and do not meet", () => {
    fc.assert(
      fc.property(block, fc.integer({ min: 0, max: 6 }), (base, bits) => {
        fc.pre(base.prefix + bits <= 32);
        const parts = Array.from({ length: 2 ** bits }, (_, index) => subnet(base, bits, index));
        expect(parts.reduce((sum, part) => sum + sizeOf(part), 0)).toBe(sizeOf(base));
        expect(parts.every((part) => contains(base, part))).toBe(true);
        expect(overlapping(parts.map((each) => ({ what: "", block: each })))).toEqual([]);
      }),
    );
  });

  it("has no part beyond its last", () => {
    expect(() => subnet(cidr("10.0.0.0/16"), 4, 16)).toThrow(RangeError);
    expect(() => subnet(cidr("10.0.0.0/16"), 4, -1)).toThrow(RangeError);
    expect(() => subnet(cidr("10.0.0.0/30"), 4, 0)).toThrow(RangeError);
  });

  it("meets another exactly when one holds the other's first address", () => {
    fc.assert(
      fc.property(block, block, (one, other) => {
        const inside = (outer: typeof one, at: number): boolean =>
          outer.start <= at && at < outer.start + sizeOf(outer);
        expect(overlaps(one, other)).toBe(inside(one, other.start) || inside(other, one.start));
      }),
    );
  });

  it("is private only inside the three ranges", () => {
    expect(["10.1.0.0/16", "172.31.0.0/16", "192.168.0.0/24"].map(cidr).every(isPrivate)).toBe(true);
    expect(["172.32.0.0/16", "11.0.0.0/16", "172.0.0.0/8", "100.64.0.0/10"].map(cidr).some(isPrivate)).toBe(false);
  });
});

const network = fc
  .tuple(fc.integer({ min: 16, max: 20 }), fc.nat({ max: 2 ** 24 - 1 }))
  .map(([prefix, offset]) => ({ start: 10 * 2 ** 24 + offset - (offset % 2 ** (32 - prefix)), prefix }));

const all = (zones: readonly ZoneSubnets[]): string[] =>
  zones.flatMap((zone) => [zone.private, zone.public, zone.intra]);

describe("the subnets of a network", () => {
  it("are those of the reference for a /16", () => {
    expect(zoneSubnets("10.20.0.0/16", 3)).toEqual([
      { private: "10.20.0.0/20", public: "10.20.48.0/24", intra: "10.20.52.0/28" },
      { private: "10.20.16.0/20", public: "10.20.49.0/24", intra: "10.20.52.16/28" },
      { private: "10.20.32.0/20", public: "10.20.50.0/24", intra: "10.20.52.32/28" },
    ]);
  });

  it("lie inside it, meet nowhere, and have the sizes that AWS takes", () => {
    fc.assert(
      fc.property(network, fc.integer({ min: 2, max: 3 }), (base, zones) => {
        const blocks = all(zoneSubnets(formatCidr(base), zones)).map(cidr);
        expect(blocks.every((each) => contains(base, each) && each.prefix <= 28)).toBe(true);
        expect(overlapping(blocks.map((each) => ({ what: "", block: each })))).toEqual([]);
      }),
    );
  });

  it("do not move when a zone comes", () => {
    fc.assert(
      fc.property(network, (base) => {
        const text = formatCidr(base);
        expect(zoneSubnets(text, 3).slice(0, 2)).toEqual(zoneSubnets(text, 2));
      }),
    );
  });

  it.each([
    ["10.0.0.0/21", 3],
    ["10.0.0.0/15", 3],
    ["10.0.0.0/16", 1],
    ["10.0.0.0/16", 4],
  ])("are refused for %s and %i zones", (text, zones) => expect(() => zoneSubnets(text, zones)).toThrow(RangeError));
});

describe("the range of Services", () => {
  it("is one of its own for every second octet, outside of 10/8 and of Docker's bridge", () => {
    const ranges = Array.from({ length: 256 }, (_, octet) => cidr(serviceRange(`10.${octet}.0.0/16`)));
    expect(overlapping(ranges.map((each) => ({ what: "", block: each })))).toEqual([]);
    expect(ranges.every((each) => serviceRangeMistake(each) === undefined)).toBe(true);
    expect(ranges.some((each) => overlaps(each, cidr("172.17.0.0/16")) || overlaps(each, cidr("10.0.0.0/8")))).toBe(
      false,
    );
  });

  it.each(["10.0.0.0/11", "10.0.0.0/25", "100.64.0.0/16"])("is not %s", (text) => {
    expect(serviceRangeMistake(cidr(text))).toBeDefined();
  });
});
