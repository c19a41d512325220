import { version } from "@pulumi/aws/package.json";
import { textOr, texts } from "../framework/bridge/fields";
import { bridgedPlugin } from "../framework/bridge/plugin";
import type { BridgedResource } from "../framework/bridge/schema";
import type { Plugin } from "../framework/plugin";
import { isMap, type BareMap, type JsonMap } from "../framework/value";
import { Account, defaultAccount } from "./account";
import { buckets } from "./buckets";
import { caches } from "./caches";
import { databases } from "./databases";
import { network } from "./ec2";
import { networkServices } from "./ec2-services";
import { clusters } from "./eks";
import { identity } from "./iam";
import { keysAndLogs } from "./keys-and-logs";
import { repositories } from "./repositories";
import { configTable, simulate, type Behaviour } from "./simulate";

/** How the simulated parts of AWS behave, by type token. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  ...network,
  ...networkServices,
  ...identity,
  ...keysAndLogs,
  ...clusters,
  ...databases,
  ...caches,
  ...buckets,
  ...repositories,
};

/** The resources of the double, by type token. */
export const resources: Readonly<Record<string, BridgedResource<Account>>> = Object.fromEntries(
  Object.keys(behaviours).map((token) => [token, simulate(token, behaviours)]),
);

/**
 * What no configuration of a real stack may say: the provider would look at neither credentials nor account. (The SDK itself
 * says skipRegionValidation: the provider need not know a region that is new.)
 */
const skips = ["skipCredentialsValidation", "skipRequestingAccountId", "skipMetadataApiCheck"];

/** Refuses a configuration that the real provider refuses, or that Estate never makes. */
export function refuse(config: BareMap): void {
  if (config["region"] === undefined || config["region"] === "") throw new Error("Invalid AWS Region: it is missing");
  const skipped = skips.filter((key) => config[key] === true);
  if (skipped.length > 0)
    throw new Error(
      `the sandbox's double of aws takes no ${skipped.join(", ")}: a stack that runs on it runs on AWS as it is`,
    );
}

/** The sandbox's account, seen as a configuration sees it. */
export function connect(config: JsonMap, dir: string): Account {
  const allowed = texts(config, "allowedAccountIds");
  const defaults = isMap(config["defaultTags"]) ? config["defaultTags"]["tags"] : undefined;
  const account = new Account(
    dir,
    textOr(config, "region", ""),
    // A new sandbox's credentials are those of the first account that is allowed.
    allowed[0] ?? defaultAccount,
    isMap(defaults) ? defaults : {},
  );
  if (allowed.length > 0 && !allowed.includes(account.id)) throw new Error(`AWS account ID not allowed: ${account.id}`);
  if (texts(config, "forbiddenAccountIds").includes(account.id))
    throw new Error(`AWS account ID not allowed: ${account.id}`);
  return account;
}

/** The double of the aws provider: an account in a file of the sandbox. */
export function aws(dir: string): Plugin {
  return bridgedPlugin<Account>({
    name: "aws",
    version,
    config: { ...configTable, region: { type: "string", env: ["AWS_REGION", "AWS_DEFAULT_REGION"] } },
    resources,
    connect: (config) => Promise.resolve().then(() => connect(config, dir)),
    refuse,
  });
}
