import { Complaint } from "@estate/sandbox";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judged, losses, type Step } from "../policy/changes";
import { readArguments } from "./arguments";
import { runCommand } from "./command";
import { policyPack } from "./policy-pack";
import { pulumi, type PulumiContext, type PulumiResult } from "./pulumi-cli";

const usage = "npm run -s losses -- --stack <name> [--allow <logical name>]...";

/** What is previewed, and what is meant to be lost. */
export interface LossesOptions {
  readonly stack: string;
  readonly allow: readonly string[];
  readonly tell: (line: string) => void;
}

/**
 * Previews a stack with the policy pack, and tells what holds data and would be deleted or replaced. 1 when a policy refuses, or
 * when such a loss was not allowed by name.
 */
export async function previewLosses(own: PulumiContext, { stack, allow, tell }: LossesOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "estate-policy-"));
  try {
    const pack = await policyPack(folder);
    const preview = (...how: readonly string[]): Promise<PulumiResult> =>
      pulumi(pack.within(own), "preview", "--stack", stack, ...how, ...pack.args);
    const { code, stdout } = await preview("--json");
    if (code !== 0) {
      // In JSON the engine tells no violation, and shows inputs in clear that should have been secret.
      tell((await preview()).output);
      return 1;
    }
    const { steps = [] } = JSON.parse(stdout) as { readonly steps?: readonly Step[] };
    const found = losses(steps);
    const { refused, idle } = judged(found, allow);
    if (idle.length > 0)
      throw new Complaint(
        `--allow names what is not lost: ${idle.join(", ")}`,
        `this preview loses ${found.length === 0 ? "nothing" : found.map(({ name }) => name).join(", ")}`,
        "name what the preview shows, or leave it out",
      );
    for (const { name, how, data } of found) tell(`${name} is ${how}, and with it goes ${data}`);
    if (refused.length > 0) {
      tell(`refused: say that it is meant with ${refused.map(({ name }) => `--allow ${name}`).join(" ")}`);
      return 1;
    }
    tell(`${String(steps.length)} steps, no policy broken, nothing lost that was not meant`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (require.main === module) {
  void runCommand(() => {
    const { stack, allow } = readArguments(usage, {
      stack: { type: "string", default: "dev" },
      allow: { type: "string", multiple: true, default: [] },
    });
    return previewLosses(
      { cwd: process.cwd(), env: {} },
      { stack, allow, tell: (line) => process.stdout.write(`${line}\n`) },
    );
  });
}
