import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

/** The folder of a double's sources: `sandbox/doubles/<name>/main.ts` serves it. */
const sources = join(__dirname, "..");

/**
 * Builds the executable `pulumi-resource-<name>` into a folder and returns its path. One file per double, so that it
 * starts in a fraction of a second; `exec` makes node the engine's own child (see lifeline.ts).
 */
export async function buildDouble(name: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const bundle = join(folder, `${name}.cjs`);
  await build({
    entryPoints: [join(sources, name, "main.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    legalComments: "none",
    logLevel: "warning",
  });
  const executable = join(folder, `pulumi-resource-${name}`);
  await writeFile(executable, `#!/bin/sh\nexec "\${ESTATE_NODE:-node}" "$(dirname "$0")/${name}.cjs" "$@"\n`);
  await chmod(executable, 0o755);
  return executable;
}
