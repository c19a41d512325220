import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkSettings } from "../../config/check-settings";
import { settingsSchema } from "../../config/schema";
import { builtin } from "../../features";
import { formatProblem } from "../../model/problem";
import { settings } from "../support/fixtures";

/** Blocks of settings on a page: YAML whose every key is one of `estate:`. */
function blocks(page: string): Record<string, unknown>[] {
  const text = readFileSync(join(__dirname, "../../docs", page), "utf8");
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, block = ""]) => parse(block) as Record<string, unknown>)
    .filter((block) => Object.keys(block).every((key) => key.startsWith("estate:")))
    .map((block) =>
      Object.fromEntries(Object.entries(block).map(([key, value]) => [key.slice("estate:".length), value])),
    );
}

describe.each([
  "addons.md",
  "control-plane.md",
  "hub.md",
  "needs.md",
  "own-clusters.md",
  "people.md",
  "rings.md",
  "saas.md",
])("settings shown in docs/%s", (page) => {
  const shown = blocks(page).map((block, index) => [index + 1, block] as const);

  it("are there", () => {
    expect(shown.length).toBeGreaterThan(0);
  });

  it.each(shown)("pass, in block %i", (_index, block) => {
    const value = settingsSchema(builtin).parse({ ...settings(), ...block });
    expect(checkSettings(value, { placeOf: () => ({ file: page }) }).map(formatProblem)).toEqual([]);
  });
});
