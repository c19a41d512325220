import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { builtin } from "../../features";

it("each feature owns the rows that docs/features.md says, and no other", { timeout: 300_000 }, async () => {
  const script = join(__dirname, "../../scripts/feature-rows.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", require.resolve("tsx"), script]).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(stdout).toContain(`each of ${String(builtin.length)} features owns what it says`);
});
