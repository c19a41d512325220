import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keepTranscript } from "../../scripts/transcript";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "transcript-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

it("keeps what was told as a file of its own", () => {
  const file = join(dir, "told.txt");
  keepTranscript(file, ["one", "two"]);
  keepTranscript(file, ["three"]);
  expect(readFileSync(file, "utf8")).toBe("three\n");
});

it("keeps what was told between the marks of a page, and only there", () => {
  const file = join(dir, "page.md");
  writeFileSync(file, "# Page\n\n<!-- tour -->\nold\n<!-- /tour -->\n\nrest\n");
  keepTranscript(file, ["one", "two"]);
  const page = "# Page\n\n<!-- tour -->\n\n```text\none\ntwo\n```\n\n<!-- /tour -->\n\nrest\n";
  expect(readFileSync(file, "utf8")).toBe(page);
  keepTranscript(file, ["one", "two"]);
  expect(readFileSync(file, "utf8")).toBe(page);
});
