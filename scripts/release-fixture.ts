import { Complaint, Progress, checkout, destroy, start } from "@estate/sandbox";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readArguments } from "./arguments";
import { runCommand } from "./command";
import { interruptible } from "./interrupt";
import { copyProject } from "./project-copy";
import { pulumi } from "./pulumi-cli";
import { hostsOf, keptState } from "./release-state";

const usage = "npm run release-fixture [-- --force]";

/** Where the states of releases are kept, and what they were raised from. */
export const releasesFolder = join(checkout, "test", "fixtures", "releases");

/** Raises the example estate in a sandbox, and keeps its state with its files under the version of package.json. */
async function record(force: boolean, signal: AbortSignal): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { readonly version: string };
  const kept = join(releasesFolder, version);
  if (existsSync(kept) && !force)
    throw new Complaint(
      `the state of release ${version} is kept already`,
      "what was released does not change",
      "raise the version in package.json first, or say --force while it is not released",
    );
  const folder = mkdtempSync(join(tmpdir(), "estate-release-"));
  const project = join(folder, "project");
  copyProject(checkout, project);
  const file = join(project, "Pulumi.dev.yaml");
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(file, readFileSync(file, "utf8").replace(/issued: "[^"]*"/, `issued: "${today}"`));
  const sandboxDir = join(folder, "sandbox");
  try {
    const sandbox = await start({ dir: sandboxDir, plugins: "doubles", reporter: new Progress(), signal });
    const run = async (...args: readonly string[]): Promise<string> => {
      const done = await pulumi({ cwd: project, env: sandbox.env(), signal }, ...args, "--stack", "dev");
      signal.throwIfAborted();
      if (done.code !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${done.output.slice(-4000)}`);
      return done.stdout;
    };
    await run("up", "--yes", "--skip-preview");
    const state = keptState(await run("stack", "export"), hostsOf(sandbox));
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(join(kept, "tenants"), { recursive: true });
    writeFileSync(join(kept, "state.json.gz"), gzipSync(state, { level: 9 }));
    writeFileSync(join(kept, "Pulumi.dev.yaml"), readFileSync(file));
    for (const name of readdirSync(join(project, "tenants")).filter((each) => each.endsWith(".yaml")))
      writeFileSync(join(kept, "tenants", name), readFileSync(join(project, "tenants", name)));
    process.stdout.write(`${version}: ${String(state.length)} bytes of state, packed in ${kept}\n`);
    return 0;
  } finally {
    await destroy(sandboxDir);
    rmSync(folder, { recursive: true, force: true });
  }
}

if (require.main === module) {
  void runCommand(() => {
    const { force } = readArguments(usage, { force: { type: "boolean", default: false } });
    return interruptible((signal) => record(force, signal));
  });
}
