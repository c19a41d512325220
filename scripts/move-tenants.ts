import { Complaint } from "@estate/sandbox";
import { builtin } from "../features";
import { hasErrors, readSettings } from "../config/settings";
import { EstateError } from "../model/problem";
import { isSelected } from "../tenants/check";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";
import { pulumi, type PulumiContext } from "./pulumi-cli";
import { tenantOf } from "./state-size";

const usage = "npm run move-tenants -- --from <stack> --to <stack> [--yes]";

/** A deployment as `pulumi stack export` writes it, as far as it is read here. */
interface Exported {
  readonly deployment: { readonly resources?: readonly { readonly urn: string }[] };
}

/** The components of the wanted tenants in an exported stack, by the tenants' names: all that a tenant has hangs on its component. */
export function tenantComponents(exported: string, wanted: (tenant: string) => boolean): ReadonlyMap<string, string> {
  const { deployment } = JSON.parse(exported) as Exported;
  const found = (deployment.resources ?? []).flatMap(({ urn }) => {
    const tenant = tenantOf(urn);
    return tenant !== undefined && wanted(tenant) ? [[tenant, urn] as const] : [];
  });
  return new Map(found);
}

export interface MoveArgs {
  readonly from: string;
  /** The stack whose settings say which tenants are its. */
  readonly to: string;
  /** Moves; otherwise only tells what would be. */
  readonly yes: boolean;
  readonly tell: (line: string) => void;
}

async function succeed(context: PulumiContext, ...args: readonly string[]): Promise<string> {
  const { code, stdout, output } = await pulumi(context, ...args);
  if (code !== 0)
    throw new Complaint(`pulumi ${args.slice(0, 2).join(" ")} failed`, output.trim(), "mend it and run this again");
  return stdout;
}

/**
 * Moves tenants between the states of two stacks of one project, as `pulumi state move` does: nothing is made, changed or
 * deleted in any system. Gives the tenants.
 */
export async function moveTenants(
  context: PulumiContext,
  { from, to, yes, tell }: MoveArgs,
): Promise<readonly string[]> {
  const { settings, problems } = readSettings({ projectDir: context.cwd, stack: to, features: builtin });
  if (settings === undefined || hasErrors(problems)) throw new EstateError(problems);
  if (settings.scope === "platform")
    throw new Complaint(`stack "${to}" takes no tenants`, "its scope is platform", "name a stack of tenants");
  const exported = await succeed(context, "stack", "export", "--stack", from);
  const components = tenantComponents(exported, (tenant) => isSelected(tenant, settings.tenants));
  const tenants = [...components.keys()].sort();
  if (tenants.length === 0) {
    tell(`stack "${from}" has no tenant that stack "${to}" wants`);
    return [];
  }
  tell(`from "${from}" to "${to}": ${tenants.join(", ")}`);
  if (!yes) {
    tell("nothing is moved yet: give --yes to move them");
    return [];
  }
  await succeed(context, "state", "move", "--source", from, "--dest", to, "--yes", ...components.values());
  tell(`moved; now run pulumi up on both, "${from}" first`);
  return tenants;
}

if (require.main === module) {
  void runCommand(async () => {
    const { from, to, yes } = readArguments(usage, {
      from: { type: "string" },
      to: { type: "string" },
      yes: { type: "boolean", default: false },
    });
    if (from === undefined || to === undefined || from === to) throw misread(usage, "it needs two stacks");
    const context = { cwd: process.cwd(), env: process.env };
    await moveTenants(context, { from, to, yes, tell: (line) => process.stdout.write(`${line}\n`) });
    return 0;
  });
}
