import { checkout } from "@estate/sandbox";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** Most seconds that the command may take for a thousand files; told beside the figure, and asserted nowhere. */
export const validateTarget = 2;

/**
 * Writes a project of so many tenants: the largest of the example files again and again, each with a name and hosts of its own.
 * Gives the command that validates it as people and pipelines do, in a process of its own.
 */
export function manyTenants(folder: string, count: number): () => Promise<void> {
  mkdirSync(join(folder, "tenants"), { recursive: true });
  cpSync(join(checkout, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  cpSync(join(checkout, "Pulumi.dev.yaml"), join(folder, "Pulumi.dev.yaml"));
  const example = readFileSync(join(checkout, "tenants", "payments.yaml"), "utf8");
  for (let index = 1; index <= count; index += 1) {
    const own = example
      .replace(/^displayName: .*$/m, `displayName: Tenant ${String(index)}`)
      .replaceAll("checkout.platform", `checkout-${String(index)}.platform`);
    writeFileSync(join(folder, "tenants", `tenant-${String(index)}.yaml`), own);
  }
  return async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(checkout, "bin/estate.mjs"), "validate"], {
      cwd: folder,
    });
    if (!stdout.startsWith(`ok: 1 stack file and ${String(count)} tenants`))
      throw new Error(`validate told: ${stdout}`);
  };
}
