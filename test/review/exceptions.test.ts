import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { withoutEnded } from "../../review/exceptions";

const today = "2027-04-01";
const item = (set: string, until: string): string =>
  `  - set: ${set}\n    value: "80" # many\n    reason: because\n    approvedBy: security\n    until: "${until}"\n`;
const head = "# The file's own comment.\nschema: 1 # of the form\ndisplayName: Payments\n";
const tail = "# What comes after.\nlifecycle: { state: active }\n";

describe("withoutEnded", () => {
  it.each([
    ["the first", [item("a.x", "2027-03-31"), item("b.x", "2027-06-30")], [item("b.x", "2027-06-30")], ["a.x"]],
    ["the last", [item("a.x", "2027-06-30"), item("b.x", "2027-03-31")], [item("a.x", "2027-06-30")], ["b.x"]],
    [
      "the one between",
      [item("a.x", "2027-06-30"), item("b.x", "2026-01-01"), item("c.x", "2027-04-01")],
      [item("a.x", "2027-06-30"), item("c.x", "2027-04-01")],
      ["b.x"],
    ],
  ])("takes out %s, and leaves all else letter by letter", (_which, before, after, ended) => {
    const file = (items: readonly string[]): string => `${head}exceptions:\n${items.join("")}${tail}`;
    const cleaned = withoutEnded(file(before), today);
    expect(cleaned.text).toBe(file(after));
    expect(cleaned.ended.map(({ set }) => set)).toEqual(ended);
  });

  it("takes the key with the last one", () => {
    const cleaned = withoutEnded(
      `${head}exceptions:\n${item("a.x", "2026-01-01")}${item("b.x", "2026-01-01")}${tail}`,
      today,
    );
    expect(cleaned.text).toBe(`${head}${tail}`);
  });

  it("takes the comment above an exception with it, and leaves the next one's", () => {
    const text = `${head}exceptions:\n  # Old.\n${item("a.x", "2026-01-01")}  # New.\n${item("b.x", "2028-01-01")}`;
    expect(withoutEnded(text, today).text).toBe(`${head}exceptions:\n  # New.\n${item("b.x", "2028-01-01")}`);
  });

  it("writes a list on one line anew, with its comments", () => {
    const text = `${head}exceptions: [{ set: a.x, until: "2026-01-01" }, { set: b.x, until: "2028-01-01" }] # here\n${tail}`;
    const cleaned = withoutEnded(text, today);
    expect(parse(cleaned.text)).toEqual({
      ...(parse(text) as object),
      exceptions: [{ set: "b.x", until: "2028-01-01" }],
    });
    expect(cleaned.text).toContain("# The file's own comment.");
    expect(cleaned.text).toContain("# here");
  });

  it("counts the last day still, and tells what it took", () => {
    expect(withoutEnded(`exceptions:\n${item("a.x", today)}`, today)).toEqual({
      text: `exceptions:\n${item("a.x", today)}`,
      ended: [],
    });
    expect(withoutEnded(`exceptions:\n${item("a.x", "2027-03-31")}`, today).ended).toEqual([
      { set: "a.x", until: "2027-03-31", reason: "because" },
    ]);
  });

  it.each(["", "[]", "exceptions: none\n", "exceptions:\n  - { set: a, until: 2026-01-01\n", "exceptions: []\n"])(
    "leaves %j alone",
    (text) => {
      expect(withoutEnded(text, today)).toEqual({ text, ended: [] });
    },
  );
});
