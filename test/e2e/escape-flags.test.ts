import { afterAll, beforeAll, expect, it } from "vitest";
import { flagsOf } from "../../escape/controllers";
import { FlagSuite } from "../../escape/flag-suite";
import { flagAttacks } from "../../escape/flags";
import type { Outcome } from "../../escape/mutation/mutant";
import { flagsPart, partOf } from "../../escape/report";
import { faultsOf, type Verdict } from "../../escape/verdict";
import { fluxComponents } from "../../model/controllers";

// What each flag of Flux' controllers refuses, by the real controllers' word, and with it missing the same goes through.

let suite: FlagSuite;

beforeAll(async () => {
  suite = await FlagSuite.start();
});

afterAll(() => suite.end());

const flags = fluxComponents.flatMap((name) => flagsOf(name).map((flag) => `${name} ${flag}`));

it("tries every flag of the table", () => {
  expect([...new Set(flagAttacks.map(({ controller, flag }) => `${controller} ${flag}`))].sort()).toEqual(
    [...flags].sort(),
  );
});

let verdicts: readonly Verdict[] = [];
let outcomes: readonly Outcome[] = [];
let gaps: readonly string[] = [];

it("with all their flags the controllers refuse each attack with its reason, and let each twin be", async () => {
  verdicts = await suite.holds();
  expect(faultsOf(verdicts)).toEqual([]);
  expect(verdicts).toHaveLength(2 * flagAttacks.length);
});

it("without a flag, what it refuses goes through", async () => {
  outcomes = await suite.mutate();
  expect(
    outcomes.flatMap(({ of, without, noticed, missed = "no attack is about it" }) =>
      noticed === undefined ? [`${of} without ${without}: ${missed}`] : [],
    ),
  ).toEqual([]);
  expect(outcomes.map(({ of, without }) => `${of} ${without}`).sort()).toEqual([...flags].sort());
});

it("one thing goes through in spite of its flag, and is known: whoever sees it closed may say so in the docs", async () => {
  gaps = await suite.gaps();
  expect(gaps).toEqual(["kustomize-controller --no-remote-bases: a source that brings a single file by its address"]);
});

it("the page tells these figures: npm run escape -- --write", () => {
  expect(flagsPart(verdicts, outcomes, gaps)).toBe(partOf("flags"));
});
