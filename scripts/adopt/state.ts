import { Complaint } from "@estate/sandbox";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { nameOf, pulumi, type PulumiContext } from "../pulumi-cli";
import type { Systems } from "./ids";
import {
  asTheServerMakesIt,
  resourcesIn,
  settledFields,
  settledInputs,
  settledObject,
  withResources,
  type ProgramInputs,
  type StateResource,
} from "./settle";

/** Runs the CLI and insists on success; what it printed is told otherwise. Gives what it wrote to stdout. */
export async function run(context: PulumiContext, what: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await pulumi(context, ...args);
  if (code !== 0)
    throw new Complaint(
      `${what} failed`,
      output.trim().slice(-2000),
      "mend that and run this again: what is done stays done",
    );
  return stdout;
}

/** What an import says of a resource besides what the program does, taken back; undefined where there is nothing of that. */
async function settled(
  resource: StateResource,
  said: Readonly<Record<string, unknown>>,
  clusters: Systems["clusters"],
): Promise<StateResource | undefined> {
  const { urn, type, inputs = {}, outputs = {} } = resource;
  if (!type.startsWith("kubernetes:")) {
    const fields = settledFields(type, inputs, said);
    const left = { ...resource, inputs: { ...inputs, ...fields }, outputs: { ...outputs, ...fields } };
    return isDeepStrictEqual(left.inputs, inputs) ? undefined : left;
  }
  const client = clusters.get(nameOf(urn).split("/")[0] ?? "");
  const defaults = client === undefined ? undefined : await asTheServerMakesIt(client, said);
  const left = settledInputs(inputs, said, defaults);
  return isDeepStrictEqual(left, inputs) ? undefined : settledObject(resource, left);
}

/** The same of all that was imported for a tenant, in the stack's state. */
export async function settle(
  context: PulumiContext,
  tenant: string,
  program: ProgramInputs,
  clusters: Systems["clusters"],
  { stack, tell }: { readonly stack: string; readonly tell: (line: string) => void },
): Promise<void> {
  const exported = await run(context, "pulumi stack export", "stack", "export", "--stack", stack);
  const changed = new Map<string, StateResource>();
  for (const resource of resourcesIn(exported)) {
    const said = program.get(resource.urn);
    // By the parent, and not by this run's list: an earlier one may have ended between the two.
    if (said === undefined || resource.parent?.endsWith(`::tenant-${tenant}`) !== true) continue;
    const left = await settled(resource, said, clusters);
    if (left !== undefined) changed.set(resource.urn, left);
  }
  if (changed.size === 0) return;
  const file = join(context.cwd, `state-of-${tenant}.json`);
  writeFileSync(file, withResources(exported, changed), { mode: 0o600 });
  await run(context, "pulumi stack import", "stack", "import", "--stack", stack, "--file", file);
  rmSync(file);
  tell(`${String(changed.size)} of them: what servers fill in, and what none of them tells, is nobody's change`);
}
