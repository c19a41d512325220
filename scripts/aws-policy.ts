import { policyText } from "../model/aws/policy";
import { programParts, programPolicies } from "../model/aws/program-policy";
import { readSettings } from "../config/settings";
import { builtin } from "../features";
import { EstateError } from "../model/problem";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";

const usage = "npm run -s aws-policy -- --stack <name> [--part network|clusters|data|images]";

/** Prints what the role that runs Pulumi needs in AWS, as a policy of IAM. */
void runCommand(() => {
  const { stack, part } = readArguments(usage, {
    stack: { type: "string", default: "prod" },
    part: { type: "string", default: "network" },
  });
  const wanted = programParts.find((own) => own === part);
  if (wanted === undefined) throw misread(usage, `no part "${part}"`);
  const { settings, problems } = readSettings({ projectDir: process.cwd(), stack, features: builtin });
  if (settings === undefined) throw new EstateError(problems);
  if (settings.aws === undefined) throw misread(usage, `stack ${stack} has no estate:aws`);
  process.stdout.write(`${policyText(programPolicies(settings.aws, settings.name)[wanted])}\n`);
  return 0;
});
