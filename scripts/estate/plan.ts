import { EstateError, type Problem } from "../../model/problem";
import { blastRadius, type RingReach } from "../../plan/blast-radius";
import { planDifference, type PlanDifference } from "../../plan/difference";
import { widenedByPlan } from "../../review/plan-access";
import { blastRadiusText } from "../../review/rings";
import { checkLosses } from "../../tenants/losses";
import { readOperands } from "../arguments";
import { print, type Command } from "./command";
import { differenceText } from "./difference-text";
import { withFilesAt } from "./files-at";
import { heldByPlan, stackFiles, stackPlan, withoutTenants } from "./stack-plan";

const usage = "estate plan [--stack <name>] [--ref <git ref> | --all] [--json]";

/** What the files of a project change of those at a ref. */
export interface Compared {
  readonly difference: PlanDifference;
  /** How far it reaches, ring by ring. */
  readonly rings: readonly RingReach[];
  /** Tenants that give somebody more access than before. */
  readonly widened: ReadonlySet<string>;
  /** What a run would refuse, because something would be lost in one step. */
  readonly refused: readonly Problem[];
}

/**
 * Compares a stack's files with those at a ref, or with no tenants at all where there is none. The state is not here: what the
 * ref's files say stands in for what the stack holds.
 */
export function compared(
  projectDir: string,
  stack: string,
  ref: string | undefined,
  today = new Date().toISOString().slice(0, 10),
): Compared {
  const { plan: after, ...files } = stackFiles(projectDir, stack);
  const before =
    ref === undefined ? withoutTenants(after) : withFilesAt(projectDir, ref, (dir) => stackPlan(dir, stack));
  const difference = planDifference(before, after);
  return {
    difference,
    rings: blastRadius(difference, before, after),
    widened: widenedByPlan(before, after),
    refused: checkLosses({ ...files, held: heldByPlan(before), today }),
  };
}

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
    const { stack, ref, all, json } = values;
    const { difference, rings, widened, refused } = compared(process.cwd(), stack, all ? undefined : ref);
    print(
      json
        ? JSON.stringify({ ...difference, rings, widened: [...widened].sort(), refused }, undefined, 2)
        : [differenceText(difference, widened), ...blastRadiusText(rings)].join("\n"),
    );
    if (refused.length > 0) throw new EstateError(refused);
    return 0;
  },
};
