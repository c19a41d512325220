import * as pulumi from "@pulumi/pulumi";
import { AuthBackend, AuthBackendRole } from "@pulumi/vault/jwt";
import { Mount } from "@pulumi/vault/mount";
import { SecretV2 } from "@pulumi/vault/kv";
import { Policy } from "@pulumi/vault/policy";
import type { PipelineReader, SecretReader } from "../../model/capability";
import type { EstateFacts } from "../../model/home";
import { pipelineMountName, pipelinePolicyName, secretPolicyName } from "../../model/names";
import { vaultAudience } from "../../model/platform";
import type { TokenKeys } from "../cluster/contract";
import type { Secrets } from "./contract";

/** Seconds that a login lasts: at most an hour, because a Vault token outlives the role that it was made by. */
const loginSeconds = 1800;

/** Seconds that a pipeline's login lasts: a build, and no more. */
const pipelineSeconds = 3600;

export interface VaultArgs {
  readonly estate: EstateFacts;
  /** The GitLab whose pipelines are trusted, once the paths of their projects are known to be this estate's. */
  readonly gitlabUrl: pulumi.Output<string>;
  /** The auth mount of each cluster, and the keys that it trusts. */
  readonly clusters: readonly { readonly name: string; readonly authMount: string; readonly tokenKeys: TokenKeys }[];
}

/** What every login may do with its own token: External Secrets checks a store by it, and ends it after use. */
const ownToken = [
  'path "auth/token/lookup-self" { capabilities = ["read"] }',
  'path "auth/token/revoke-self" { capabilities = ["update"] }',
];

/** The rules of one reader. A slash stands before every `*`: `team-a*` would open team-ab's folder, too. */
export function readerPolicy(mount: string, folders: readonly string[]): string {
  const rules = folders.flatMap((folder) => [
    `path "${mount}/data/${folder}/*" { capabilities = ["read"] }`,
    `path "${mount}/metadata/${folder}/*" { capabilities = ["read", "list"] }`,
  ]);
  return [...rules, ...ownToken].join("\n");
}

/** What a login by a ServiceAccount's token needs and gets; the same for Pulumi and for a plain client. */
export function readerRole({ serviceAccount }: SecretReader) {
  return {
    roleType: "jwt",
    userClaim: "sub",
    boundSubject: `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`,
    boundAudiences: [vaultAudience],
    tokenNoDefaultPolicy: true,
    tokenTtl: loginSeconds,
    tokenMaxTtl: loginSeconds,
    tokenType: "service",
  };
}

/** The estate's part of Vault: one KV mount, and one auth mount for each cluster that trusts that cluster's own keys. */
export class Vault extends pulumi.ComponentResource implements Secrets {
  readonly mount: pulumi.Output<string>;
  private readonly estate: EstateFacts;
  private readonly provider: pulumi.ProviderResource;
  private readonly pipelineMount: pulumi.Output<string>;
  private readonly authMounts: ReadonlyMap<string, pulumi.Output<string>>;

  constructor(
    name: string,
    { estate, gitlabUrl, clusters }: VaultArgs,
    opts: pulumi.ComponentResourceOptions & { provider: pulumi.ProviderResource },
  ) {
    super("estate:index:Vault", name, {}, opts);
    this.estate = estate;
    this.provider = opts.provider;
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
    this.mount = secrets.path;
    this.authMounts = new Map(
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
    this.pipelineMount = new AuthBackend(
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
    this.registerOutputs({ mount: this.mount });
  }

  /** Lets pipelines of exactly these projects, on protected branches, read their tenant's folder. */
  pipelines(request: PipelineReader, parent: pulumi.ComponentResource): void {
    const child = { parent, provider: this.provider };
    const policy = new Policy(
      `vault/${request.tenant}-pipelines-policy`,
      {
        name: pipelinePolicyName(this.estate.name, request.tenant),
        policy: this.mount.apply((mount) => readerPolicy(mount, request.folders)),
      },
      child,
    );
    new AuthBackendRole(
      `vault/${request.tenant}-pipelines-role`,
      {
        backend: this.pipelineMount,
        roleName: request.tenant,
        roleType: "jwt",
        userClaim: "project_path",
        boundAudiences: [vaultAudience],
        boundClaims: { project_path: request.projects.join(","), ref_protected: "true", ref_type: "branch" },
        tokenPolicies: [policy.name],
        tokenNoDefaultPolicy: true,
        tokenTtl: pipelineSeconds,
        tokenMaxTtl: pipelineSeconds,
        tokenType: "service",
      },
      child,
    );
  }

  /** Keeps values at a path below the mount. They are written once for each renewal and never read back: no state holds them. */
  keep(path: string, values: Readonly<Record<string, pulumi.Input<string>>>, parent: pulumi.ComponentResource): void {
    new SecretV2(
      `vault/${path}`,
      {
        mount: this.mount,
        name: path,
        dataJsonWo: pulumi.secret(pulumi.jsonStringify(values)),
        dataJsonWoVersion: this.estate.credentials.serial,
        deleteAllVersions: true,
      },
      { parent, provider: this.provider },
    );
  }

  /** Lets one ServiceAccount of one cluster read its folders: a policy, and the role by which it logs in. */
  reader(request: SecretReader, parent: pulumi.ComponentResource): void {
    const backend = this.authMounts.get(request.cluster);
    if (backend === undefined)
      throw new RangeError(`secret reader ${request.name} names cluster ${request.cluster}, which has no auth mount`);
    const child = { parent, provider: this.provider };
    const logical = `${request.cluster}/vault/${request.name}`;
    const policy = new Policy(
      `${logical}-policy`,
      {
        name: secretPolicyName(this.estate.name, request.cluster, request.name),
        policy: this.mount.apply((mount) => readerPolicy(mount, request.folders)),
      },
      child,
    );
    new AuthBackendRole(
      `${logical}-role`,
      { backend, roleName: request.name, tokenPolicies: [policy.name], ...readerRole(request) },
      child,
    );
  }
}
