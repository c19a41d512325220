import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import type { ServiceSecrets } from "../../model/service-secrets";
import type { GitLabPlan } from "../../plan/controlplane/gitlab";
import { gitlabNamespace, gitlabPostgresHost, gitlabSecrets } from "../../plan/controlplane/gitlab-names";
import { HelmRelease } from "../cluster/release";
import type { GitLabAccess } from "./contract";
import { afterJob, loginOf, ServiceObjects, type ServicePlaceArgs } from "./place";
import { gitlabProvider, type SignOn } from "./sign-on";

export interface GitLabServiceArgs extends ServicePlaceArgs {
  readonly plan: GitLabPlan;
  readonly secrets: ServiceSecrets;
  readonly tls: pulumi.ProviderResource;
  /** By whom people log in; absent where they have a password here. */
  readonly signOn?: SignOn;
  /** The last day of the token: another day makes another one. */
  readonly expires: string;
}

/** What a secret is without: an empty text would be taken for a password. */
function required(value: string | undefined, what: string): string {
  if (value === undefined) throw new RangeError(`no ${what} was handed over`);
  return value;
}

/** A GitLab on the control plane: its secrets, its chart, and the token by which the provider works. */
export class GitLabService extends pulumi.ComponentResource implements GitLabAccess {
  readonly address: pulumi.Output<string>;
  readonly token: pulumi.Output<string>;

  constructor(name: string, args: GitLabServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:GitLabService", name, {}, opts);
    const { plan, cluster, namespace, provider, secrets, signOn, data } = args;
    const own = new ServiceObjects(args, this);
    const keep = (
      { name: secret, key }: { readonly name: string; readonly key: string },
      value: pulumi.Input<string>,
      protect = false,
    ) => own.secret(secret, gitlabNamespace, { [key]: value }, { protect: protect && args.protect });

    const { database, cache, ready = [] } = data ?? {};
    const postgres = own.secret(gitlabSecrets.postgres.name, gitlabNamespace, {
      [gitlabSecrets.postgres.key]: loginOf(database, secrets.gitlabPostgres, "password of GitLab's database"),
      ...(database === undefined ? {} : { [gitlabPostgresHost]: database.host }),
    });
    this.token = pulumi.secret(
      pulumi.interpolate`glpat-${own.chosen(`${name}-token`, 32, { keepers: { expires: args.expires } }).result}`,
    );
    const held = [
      postgres,
      keep(gitlabSecrets.redis, loginOf(cache, secrets.gitlabRedis, "password of GitLab's Redis")),
      keep(gitlabSecrets.root, own.chosen(`${name}-root`, 32).result),
      keep(gitlabSecrets.rails, this.railsSecrets(name, own, args), true),
      keep(gitlabSecrets.objects, connection(args)),
      keep(gitlabSecrets.backups, pulumi.secret(`[default]\nbucket_location = ${plan.store.region}\n`)),
      ...(signOn === undefined ? [] : [keep(gitlabSecrets.signOn, gitlabProvider(plan.address, signOn))]),
    ];
    const token = keep(gitlabSecrets.token, this.token);
    const extensions = own.object(plan.before, { dependsOn: [postgres, ...ready], deleteBeforeReplace: true });
    const release = new HelmRelease(
      `${cluster}/release/${plan.release.name}`,
      // The extensions are there: the migrations need them.
      {
        plan: plan.release,
        namespace: pulumi.all([namespace, extensions.id]).apply(([name]) => name),
        values: {
          global: {
            ...(database === undefined ? {} : { psql: { host: database.host } }),
            ...(cache === undefined ? {} : { redis: { host: cache.host } }),
          },
        },
      },
      { parent: this, provider, protect: args.protect, dependsOn: [...held, ...ready] },
    );
    const account = plan.objects.map((object) => own.object(object));
    const job = own.object(plan.job, { dependsOn: [release, token, ...account], deleteBeforeReplace: true });
    this.address = afterJob(job, plan.address);
    this.registerOutputs({ address: this.address });
  }

  /** They encrypt columns of the database, which outlives the cluster: made here and kept in the state. */
  private railsSecrets(name: string, own: ServiceObjects, { tls, protect }: GitLabServiceArgs): pulumi.Output<string> {
    const chosen = (part: string, length: number) =>
      own.chosen(`${name}-rails-${part}`, length, { lasting: true }).result;
    const signer = new PrivateKey(
      `${name}-rails-signer`,
      { algorithm: "RSA", rsaBits: 2048 },
      { parent: this, provider: tls, protect },
    );
    return pulumi.secret(
      pulumi.jsonStringify({
        production: {
          secret_key_base: chosen("secrets", 128),
          otp_key_base: chosen("second-factors", 128),
          db_key_base: chosen("columns", 128),
          encrypted_settings_key_base: chosen("settings", 128),
          openid_connect_signing_key: signer.privateKeyPem,
          active_record_encryption_primary_key: [chosen("records", 32)],
          active_record_encryption_deterministic_key: [chosen("searched-records", 32)],
          active_record_encryption_key_derivation_salt: chosen("salt", 32),
        },
      }),
    );
  }
}

/** How Rails reaches the object store. JSON is YAML. */
function connection({ plan, secrets }: GitLabServiceArgs): pulumi.Output<string> {
  const { region, endpoint } = plan.store;
  const own =
    endpoint === undefined
      ? // By the role on the ServiceAccount: with an endpoint beside it, it would not be tried.
        { use_iam_profile: true }
      : {
          endpoint,
          path_style: true,
          aws_access_key_id: required(secrets.gitlabObjectsKey, "key of GitLab's object store"),
          aws_secret_access_key: required(secrets.gitlabObjectsSecret, "secret of GitLab's object store"),
        };
  return pulumi.secret(JSON.stringify({ provider: "AWS", region, ...own }));
}
