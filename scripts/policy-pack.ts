import { bundleFile, checkout } from "@estate/sandbox";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { PulumiContext } from "./pulumi-cli";

/** A policy pack as the engine runs it. */
export interface PreparedPack {
  /** What goes to the CLI. */
  readonly args: readonly string[];
  /** The same context, in which the engine finds the pack's program. */
  readonly within: (context: PulumiContext) => PulumiContext;
}

/** No language has this name: the engine then asks PATH for `pulumi-analyzer-policy-<runtime>`. */
const runtime = "estate";

/**
 * Makes the pack ready in a folder: one file of it, and the program that runs it. The language host that can be built runs no
 * packs, so the engine is led past it; one that can (`pulumi preview --policy-pack policy`) needs none of this.
 */
export async function policyPack(folder: string): Promise<PreparedPack> {
  const [source, bin] = [join(checkout, "policy"), join(folder, "bin")];
  mkdirSync(bin, { recursive: true });
  const external = ["@pulumi/policy", "@pulumi/pulumi"];
  writeFileSync(join(folder, "index.js"), await bundleFile(join(source, "index.ts"), external));
  writeFileSync(join(folder, "PulumiPolicy.yaml"), `runtime: ${runtime}\n`);
  // The SDK reads its version.
  const { name, version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as Record<string, string>;
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version, main: "index.js" }));
  const modules = join(folder, "node_modules");
  rmSync(modules, { force: true });
  symlinkSync(join(checkout, "node_modules"), modules, "dir");
  const program = join(bin, `pulumi-analyzer-policy-${runtime}`);
  if (!existsSync(program)) {
    writeFileSync(program, '#!/bin/sh\nexec node node_modules/@pulumi/pulumi/cmd/run-policy-pack "$@"\n');
    chmodSync(program, 0o755);
  }
  return {
    args: ["--policy-pack", folder],
    within: (context) => {
      const path = [bin, context.env["PATH"], ...(context.env["PATH"] === undefined ? [process.env["PATH"]] : [])];
      return { ...context, env: { ...context.env, PATH: path.filter((part) => part !== undefined).join(delimiter) } };
    },
  };
}
