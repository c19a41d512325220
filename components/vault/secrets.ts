import * as pulumi from "@pulumi/pulumi";
import { AuthBackendRole } from "@pulumi/vault/jwt";
import { SecretV2 } from "@pulumi/vault/kv";
import { Policy } from "@pulumi/vault/policy";
import type { PipelineReader, SecretReader } from "../../model/capability";
import type { EstateFacts } from "../../model/home";
import { pipelinePolicyName, secretPolicyName } from "../../model/names";
import { vaultAudience } from "../../model/platform";
import type { Keeping, Secrets, SecretsFoundation } from "./contract";

/** Seconds that a login lasts, renewed or not: at most an hour, because a Vault token outlives the role that it was made by. */
const loginSeconds = 1800;

/** Seconds that a pipeline's login lasts: a build, and no more. */
const pipelineSeconds = 3600;

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
    tokenMaxTtl: loginSeconds,
    tokenType: "service",
  };
}

export interface VaultSecretsArgs {
  readonly estate: EstateFacts;
  readonly foundation: SecretsFoundation;
  readonly provider: pulumi.ProviderResource;
}

/** What tenants have in the estate's part of Vault: who may read what, and the credentials that travel through it. */
export class VaultSecrets implements Secrets {
  constructor(private readonly args: VaultSecretsArgs) {}

  /** Lets pipelines of exactly these projects, on protected branches, read their tenant's folder. */
  pipelines(request: PipelineReader, parent: pulumi.ComponentResource): void {
    const child = { parent, provider: this.args.provider };
    const policy = new Policy(
      `vault/${request.tenant}-pipelines-policy`,
      {
        name: pipelinePolicyName(this.args.estate.name, request.tenant),
        policy: this.args.foundation.mount.apply((mount) => readerPolicy(mount, request.folders)),
      },
      child,
    );
    new AuthBackendRole(
      `vault/${request.tenant}-pipelines-role`,
      {
        backend: this.args.foundation.pipelineMount,
        roleName: request.tenant,
        roleType: "jwt",
        userClaim: "project_path",
        boundAudiences: [vaultAudience],
        boundClaims: { project_path: request.projects.join(","), ref_protected: "true", ref_type: "branch" },
        tokenPolicies: [policy.name],
        tokenNoDefaultPolicy: true,
        tokenMaxTtl: pipelineSeconds,
        tokenType: "service",
      },
      child,
    );
  }

  /** Keeps values at a path below the mount. They are written once for each version and never read back: no state holds them. */
  keep(
    { path, version }: Keeping,
    values: Readonly<Record<string, pulumi.Input<string>>>,
    parent: pulumi.ComponentResource,
  ): void {
    new SecretV2(
      `vault/${path}`,
      {
        mount: this.args.foundation.mount,
        name: path,
        dataJsonWo: pulumi.secret(pulumi.jsonStringify(values)),
        dataJsonWoVersion: version,
        deleteAllVersions: true,
      },
      { parent, provider: this.args.provider },
    );
  }

  /** Lets one ServiceAccount of one cluster read its folders: a policy, and the role by which it logs in. */
  reader(request: SecretReader, parent: pulumi.ComponentResource): void {
    const backend = this.args.foundation.authMounts.get(request.cluster);
    if (backend === undefined)
      throw new RangeError(`secret reader ${request.name} names cluster ${request.cluster}, which has no auth mount`);
    const child = { parent, provider: this.args.provider };
    const logical = `${request.cluster}/vault/${request.name}`;
    const policy = new Policy(
      `${logical}-policy`,
      {
        name: secretPolicyName(this.args.estate.name, request.cluster, request.name),
        policy: this.args.foundation.mount.apply((mount) => readerPolicy(mount, request.folders)),
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
