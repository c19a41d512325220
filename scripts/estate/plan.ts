import { planDifference } from "../../plan/difference";
import { readOperands } from "../arguments";
import { print, type Command } from "./command";
import { differenceText } from "./difference-text";
import { withFilesAt } from "./files-at";
import { stackPlan, withoutTenants } from "./stack-plan";

const usage = "estate plan [--stack <name>] [--ref <git ref> | --all] [--json]";

/** What the files change of those at a ref: told by the plan, without Pulumi, a cluster or a login. */
export const planCommand: Command = {
  name: "plan",
  usage,
  summary: "what the files change of those of a Git ref, tenant by tenant",
  run: (args) => {
    const { values } = readOperands(
      usage,
      {
        stack: { type: "string", default: "dev" },
        ref: { type: "string", default: "HEAD" },
        all: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
      [],
      args,
    );
    const after = stackPlan(process.cwd(), values.stack);
    const before = values.all
      ? withoutTenants(after)
      : withFilesAt(process.cwd(), values.ref, (dir) => stackPlan(dir, values.stack));
    const difference = planDifference(before, after);
    print(values.json ? JSON.stringify(difference, undefined, 2) : differenceText(difference));
    return 0;
  },
};
