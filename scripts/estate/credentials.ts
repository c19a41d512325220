import { addDays } from "../../model/date";
import { credentialEnds, type CredentialEnd } from "../../plan/credentials";
import { misread, readOperands } from "../arguments";
import { columns, print, type Command } from "./command";
import { stackPlan } from "./stack-plan";

const usage = "estate credentials [--stack <name>] [--within <days>d] [--all] [--json]";

/** The credentials that end by a day; those that ended before are among them. */
export function endingBy(ends: readonly CredentialEnd[], day: string): CredentialEnd[] {
  return ends.filter((credential) => credential.ends <= day);
}

/** Those whose rotation was due by a day. */
export function dueBy(ends: readonly CredentialEnd[], day: string): CredentialEnd[] {
  return ends.filter(({ rotate }) => rotate !== undefined && rotate <= day);
}

/** What expires soon, or is to be rotated: 3 when something is. */
export const credentialsCommand: Command = {
  name: "credentials",
  usage,
  summary: "which credentials that Estate made end soon, or are to be rotated (exit code 3 when one is)",
  run: (args) => {
    const { values } = readOperands(
      usage,
      {
        stack: { type: "string", default: "dev" },
        within: { type: "string", default: "30d" },
        all: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
      [],
      args,
    );
    const days = /^(\d{1,4})d$/.exec(values.within)?.[1];
    if (days === undefined) throw misread(usage, `"${values.within}" is no number of days: write 30d`);
    const plan = stackPlan(process.cwd(), values.stack);
    const today = new Date().toISOString().slice(0, 10);
    const all = credentialEnds(plan);
    const soon = endingBy(all, addDays(today, Number(days)));
    const due = dueBy(all, today);
    const shown = values.all ? all : all.filter((each) => soon.includes(each) || due.includes(each));
    if (values.json)
      print(
        JSON.stringify(
          { today, within: Number(days), soon: soon.length, due: due.length, credentials: shown },
          undefined,
          2,
        ),
      );
    else {
      if (shown.length > 0)
        print(
          columns([
            ["ends", "rotate by", "tenant", "credential"],
            ...shown.map(({ ends, rotate = "-", tenant, credential }) => [
              ends < today ? `${ends} (ended)` : ends,
              rotate,
              tenant,
              credential,
            ]),
          ]),
        );
      print(`${String(soon.length)} of ${String(all.length)} credentials end within ${days} days of ${today}`);
      print(`${String(due.length)} were to be rotated by ${today}`);
      if (shown.length > 0)
        print(
          `To rotate them all, add today in Pulumi.${values.stack}.yaml: estate:credentials: rotate: all: ["${today}"]; then run pulumi up`,
        );
    }
    return soon.length + due.length > 0 ? 3 : 0;
  },
};
