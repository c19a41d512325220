import * as pulumi from "@pulumi/pulumi";
import { AuthBackend } from "@pulumi/vault/jwt";
import { Mount } from "@pulumi/vault/mount";
import type { EstateFacts } from "../../model/home";
import { pipelineMountName } from "../../model/names";
import type { TokenKeys } from "../cluster/contract";
import type { SecretsFoundation } from "./contract";

export interface VaultArgs {
  readonly estate: EstateFacts;
  /** The GitLab whose pipelines are trusted, once the paths of their projects are known to be this estate's. */
  readonly gitlabUrl: pulumi.Output<string>;
  /** The auth mount of each cluster, and the keys that it trusts. */
  readonly clusters: readonly { readonly name: string; readonly authMount: string; readonly tokenKeys: TokenKeys }[];
}

/** The estate's part of Vault: one KV mount, and one auth mount for each cluster that trusts that cluster's own keys. */
export class Vault extends pulumi.ComponentResource {
  readonly foundation: SecretsFoundation;

  constructor(
    name: string,
    { estate, gitlabUrl, clusters }: VaultArgs,
    opts: pulumi.ComponentResourceOptions & { provider: pulumi.ProviderResource },
  ) {
    super("estate:index:Vault", name, {}, opts);
    const child = { parent: this, provider: opts.provider };
    const secrets = new Mount(
      `${name}-secrets`,
      {
        path: estate.name,
        type: "kv",
        options: { version: "2" },
        description: `Secrets of the tenants of estate ${estate.name}`,
      },
      { ...child, protect: estate.protect },
    );
    const authMounts = new Map(
      clusters.map((cluster) => {
        const { jwksUrl, caPem, issuer } = cluster.tokenKeys;
        const backend = new AuthBackend(
          `${name}-tokens-${cluster.name}`,
          {
            path: cluster.authMount,
            type: "jwt",
            description: `ServiceAccount tokens of cluster ${cluster.name}`,
            jwksUrl,
            ...(caPem === undefined ? {} : { jwksCaPem: caPem }),
            ...(issuer === undefined ? {} : { boundIssuer: issuer }),
          },
          child,
        );
        return [cluster.name, backend.path.apply((path) => path ?? cluster.authMount)];
      }),
    );
    const pipelineMount = new AuthBackend(
      `${name}-pipelines`,
      {
        path: pipelineMountName(estate.name),
        type: "jwt",
        description: `Identity tokens of the pipelines of ${estate.gitlab.url}`,
        jwksUrl: pulumi.interpolate`${gitlabUrl}/oauth/discovery/keys`,
        boundIssuer: gitlabUrl,
      },
      child,
    ).path.apply((path) => path ?? pipelineMountName(estate.name));
    this.foundation = { mount: secrets.path, pipelineMount, authMounts };
    this.registerOutputs({ mount: secrets.path });
  }
}
