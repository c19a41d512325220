import * as pulumi from "@pulumi/pulumi";
import { identity } from "./resource";

/** What a provider is configured with. What is left out comes from the environment. */
export interface ProviderArgs {
  readonly baseUrl?: pulumi.Input<string>;
  readonly cacertFile?: pulumi.Input<string>;
  readonly clientCert?: pulumi.Input<string>;
  readonly clientKey?: pulumi.Input<string>;
  readonly configFile?: pulumi.Input<string>;
  readonly context?: pulumi.Input<string>;
  readonly earlyAuthCheck?: pulumi.Input<boolean>;
  readonly enableAutoCiSupport?: pulumi.Input<boolean>;
  readonly headers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  readonly insecure?: pulumi.Input<boolean>;
  readonly retries?: pulumi.Input<number>;
  readonly token?: pulumi.Input<string>;
}

/** How to reach a GitLab server, and as whom. */
export class Provider extends pulumi.ProviderResource {
  declare readonly baseUrl: pulumi.Output<string | undefined>;
  declare readonly cacertFile: pulumi.Output<string | undefined>;
  declare readonly clientCert: pulumi.Output<string | undefined>;
  declare readonly clientKey: pulumi.Output<string | undefined>;
  declare readonly configFile: pulumi.Output<string | undefined>;
  declare readonly context: pulumi.Output<string | undefined>;
  declare readonly token: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const props = {
      baseUrl: args.baseUrl,
      cacertFile: args.cacertFile,
      clientCert: args.clientCert,
      clientKey: args.clientKey,
      configFile: args.configFile,
      context: args.context,
      earlyAuthCheck: json(args.earlyAuthCheck),
      enableAutoCiSupport: json(args.enableAutoCiSupport),
      headers: json(args.headers),
      insecure: json(args.insecure),
      retries: json(args.retries),
      token: hidden(args.token),
    };
    super("gitlab", name, props, pulumi.mergeOptions({ ...identity, additionalSecretOutputs: ["token"] }, opts));
  }
}

/** A provider's configuration is text: what is no text goes as JSON. */
function json(value: pulumi.Input<unknown>): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.output(value).apply((known) => JSON.stringify(known));
}

function hidden(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.secret(value);
}
