import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Complaint } from "@estate/sandbox";
import { builtin } from "../features";
import { hasErrors, readSettings } from "../config/settings";
import { EstateError } from "../model/problem";
import { readArguments } from "./arguments";
import { runCommand } from "./command";
import { pulumi, type PulumiContext } from "./pulumi-cli";
import { ensureBucket } from "./state-bucket";
import { ensureKey, secretsProvider } from "./state-key";
import { initStack } from "./stack-init";

const usage = "npm run init -- --stack <name> [--bucket <name>] [--yes]";

export interface InitArgs {
  readonly stack: string;
  /** `<estate>-<account>-pulumi` when absent. */
  readonly bucket?: string;
  /** Makes it; otherwise only tells what would be. */
  readonly yes: boolean;
  readonly tell: (line: string) => void;
}

/** Where the stack's estate is on AWS, and what it is called. */
function places(projectDir: string, stack: string) {
  const { settings, problems } = readSettings({ projectDir, stack, features: builtin });
  // What this makes is what a stack without a key lacks.
  const others = problems.filter(({ code }) => code !== "P025");
  if (settings === undefined || hasErrors(others)) throw new EstateError(others);
  const { name, aws } = settings;
  if (aws === undefined)
    throw new Complaint(
      `stack "${stack}" is not on AWS`,
      "its settings have no estate:aws",
      "keep its state and secrets in a backend of your own (`pulumi login`, `pulumi stack init --secrets-provider`)",
    );
  return { name, region: aws.region, account: aws.account };
}

async function checkAccount(region: string, account: string): Promise<void> {
  const client = new STSClient({ region });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    if (Account !== account)
      throw new Complaint(
        `this login is of account ${String(Account)}`,
        `estate:aws says ${account}`,
        "log in to that one, or correct the settings",
      );
  } finally {
    client.destroy();
  }
}

/**
 * What a stack on AWS needs before Pulumi can run: a bucket for states, a key for its secrets, and the stack. What is there
 * stays; run again, it makes the rest. Gives the URL of the backend.
 */
export async function init(context: PulumiContext, { stack, bucket: named, yes, tell }: InitArgs): Promise<string> {
  const { name, region, account } = places(context.cwd, stack);
  const bucket = named ?? `${name}-${account}-pulumi`;
  const key = { alias: `alias/estate-${name}-${stack}`, region };
  const backend = `s3://${bucket}/${name}?region=${region}`;
  if (!yes) {
    tell(`would make or check, in account ${account}, region ${region}:`);
    tell(`  bucket ${bucket}: versions kept 90 days, encrypted by ${key.alias}, closed to the public`);
    tell(`  key ${key.alias}, with a new material every year`);
    tell(`  stack ${stack} in ${backend}, its secrets by ${secretsProvider(key)}`);
    tell("nothing is made yet: give --yes to make it");
    return backend;
  }
  await checkAccount(region, account);
  const done = (made: boolean): string => (made ? "made" : "there already");
  tell(`key ${key.alias}: ${done(await ensureKey(key, `Pulumi's secrets of stack ${stack}, estate ${name}`))}`);
  tell(`bucket ${bucket}: ${done(await ensureBucket({ bucket, region, account, key: key.alias }))}`);
  const at = { ...context, env: { ...context.env, PULUMI_BACKEND_URL: backend } };
  const { code, stdout, output } = await pulumi(at, "stack", "ls", "--json");
  if (code !== 0)
    throw new Complaint(`${backend} cannot be used`, output.trim().slice(-2000), "mend that and run this again");
  const isThere = (JSON.parse(stdout) as readonly { readonly name: string }[]).some((each) => each.name === stack);
  if (!isThere) await initStack(at, stack, secretsProvider(key));
  tell(`stack ${stack}: ${done(!isThere)}`);
  tell(`\nNow, here and in CI:\n  export PULUMI_BACKEND_URL='${backend}'`);
  if (!isThere) tell(`and commit Pulumi.${stack}.yaml: it holds the stack's key, which only KMS can open.`);
  return backend;
}

if (require.main === module) {
  void runCommand(async () => {
    // What AWS' clients say of later versions of Node.js is nothing to whoever runs this.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
    const { stack, bucket, yes } = readArguments(usage, {
      stack: { type: "string", default: "prod" },
      bucket: { type: "string" },
      yes: { type: "boolean", default: false },
    });
    const tell = (line: string): void => void process.stdout.write(`${line}\n`);
    await init({ cwd: process.cwd(), env: {} }, { stack, yes, tell, ...(bucket === undefined ? {} : { bucket }) });
    return 0;
  });
}
