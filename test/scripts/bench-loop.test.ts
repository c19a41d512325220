import { describe, expect, it } from "vitest";
import { spread } from "../../scripts/bench-loop";

describe("the spread of samples", () => {
  it.each([
    [[3000, 1000, 2000], 2, 3],
    [[4000, 1000, 2000, 3000], 2.5, 4],
    [[700], 0.7, 0.7],
  ])("of %j", (milliseconds, median, worst) => {
    expect(spread({ what: "", milliseconds })).toEqual({ median, worst });
  });
});
