import * as pulumi from "@pulumi/pulumi";
import { identity } from "./resource";

/** What a provider is configured with. What is left out comes from the environment, here and not in the plugin. */
export interface ProviderArgs {
  readonly apiVersion?: pulumi.Input<number>;
  readonly bearerToken?: pulumi.Input<string>;
  readonly insecure?: pulumi.Input<boolean>;
  readonly password?: pulumi.Input<string>;
  readonly robotPrefix?: pulumi.Input<string>;
  readonly sessionId?: pulumi.Input<string>;
  readonly url?: pulumi.Input<string>;
  readonly username?: pulumi.Input<string>;
}

/** How to reach a Harbor server, and as whom. */
export class Provider extends pulumi.ProviderResource {
  declare readonly bearerToken: pulumi.Output<string | undefined>;
  declare readonly password: pulumi.Output<string | undefined>;
  declare readonly robotPrefix: pulumi.Output<string | undefined>;
  declare readonly sessionId: pulumi.Output<string | undefined>;
  declare readonly url: pulumi.Output<string | undefined>;
  declare readonly username: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const { HARBOR_URL, HARBOR_USERNAME, HARBOR_PASSWORD } = process.env;
    const props = {
      apiVersion: json(args.apiVersion ?? 2),
      bearerToken: hidden(args.bearerToken),
      insecure: json(args.insecure ?? true),
      password: hidden(args.password ?? HARBOR_PASSWORD),
      robotPrefix: args.robotPrefix,
      sessionId: hidden(args.sessionId),
      url: args.url ?? HARBOR_URL,
      username: args.username ?? HARBOR_USERNAME,
    };
    super(
      "harbor",
      name,
      props,
      pulumi.mergeOptions({ ...identity, additionalSecretOutputs: ["bearerToken", "password", "sessionId"] }, opts),
    );
  }
}

/** A provider's configuration is text: what is no text goes as JSON. */
function json(value: pulumi.Input<unknown>): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.output(value).apply((known) => JSON.stringify(known));
}

function hidden(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.secret(value);
}
