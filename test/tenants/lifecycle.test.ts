import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { nextState, withState } from "../../tenants/lifecycle";
import { tenantText } from "../../tenants/new-tenant";

describe("the state in a tenant's file", () => {
  it.each([
    ["a file without one", "a: 1 # kept\n", undefined, "a: 1 # kept\nlifecycle: { state: suspended }\n"],
    ["no newline at the end", "a: 1", undefined, "a: 1\nlifecycle: { state: suspended }\n"],
    [
      "one line",
      "lifecycle: { state: active } # why\nb: 'x'\n",
      undefined,
      "lifecycle: { state: suspended } # why\nb: 'x'\n",
    ],
    [
      "a block",
      "lifecycle:\n  # why\n  state: active\nb: 1\n",
      undefined,
      "lifecycle:\n  # why\n  state: suspended\nb: 1\n",
    ],
    [
      "a day in one line",
      "lifecycle: { state: active }\n",
      "2027-01-01",
      'lifecycle: { state: suspended, keepDataUntil: "2027-01-01" }\n',
    ],
    [
      "a day in a block",
      "lifecycle:\n  state: active # x\nb: 1\n",
      "2027-01-01",
      'lifecycle:\n  state: suspended # x\n  keepDataUntil: "2027-01-01"\nb: 1\n',
    ],
    [
      "a day that is there, after",
      'lifecycle: { state: active, keepDataUntil: "2026-01-01" }\n',
      "2027-01-01",
      'lifecycle: { state: suspended, keepDataUntil: "2027-01-01" }\n',
    ],
    [
      "a day that is there, before",
      "lifecycle:\n  keepDataUntil: '2026-01-01'\n  state: active\n",
      "2027-01-01",
      'lifecycle:\n  keepDataUntil: "2027-01-01"\n  state: suspended\n',
    ],
  ])("changes alone, in %s", (_, text, until, expected) => {
    expect(withState(text, "suspended", until)).toBe(expected);
  });

  it("goes step by step, and ends", () => {
    expect(["active", "suspended", "retiring", "removed"].map((state) => nextState(state as "active"))).toEqual([
      "suspended",
      "retiring",
      "removed",
      undefined,
    ]);
  });
});

describe("a new tenant's file", () => {
  it("says what was given, whatever that is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string(),
        fc.array(fc.string()),
        (displayName, owner, environments) => {
          expect(parse(tenantText({ displayName, owner, costCenter: owner, environments }))).toEqual({
            schema: 1,
            displayName,
            owner: { email: owner },
            costCenter: owner,
            environments,
          });
        },
      ),
    );
  });
});
