import * as pulumi from "@pulumi/pulumi";
import type { ServiceSecrets } from "../../model/service-secrets";
import { harborNamespace, harborRedisAddress, harborSecrets, type HarborPlan } from "../../plan/controlplane/harbor";
import { HelmRelease } from "../cluster/release";
import type { RegistryAccess } from "./contract";
import { afterJob, loginOf, ServiceObjects, type ServicePlaceArgs } from "./place";
import { harborProvider, type SignOn } from "./sign-on";

export interface HarborServiceArgs extends ServicePlaceArgs {
  readonly plan: HarborPlan;
  readonly secrets: ServiceSecrets;
  readonly signOn?: SignOn;
}

/** A Harbor on the control plane: all of its secrets out of the state, so that no run makes them anew. */
export class HarborService extends pulumi.ComponentResource implements RegistryAccess {
  readonly address: pulumi.Output<string>;
  readonly username = "admin";
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: HarborServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:HarborService", name, {}, opts);
    const { plan, cluster, namespace, provider, secrets, signOn, data } = args;
    const own = new ServiceObjects(args, this);
    const keep = (
      { name: secret, key }: { readonly name: string; readonly key: string },
      value: pulumi.Input<string>,
      more: Readonly<Record<string, pulumi.Input<string>>> = {},
      opts: pulumi.CustomResourceOptions = {},
    ) => own.secret(secret, harborNamespace, { [key]: value, ...more }, opts);
    const chosen = (part: string, length: number, lasting = false) =>
      own.chosen(`${name}-${part}`, length, { lasting });

    this.password = chosen("admin", 32, true).result;
    const login = chosen("registry-login", 32);
    const { database, cache, ready = [] } = data ?? {};
    const held = [
      keep(harborSecrets.admin, this.password),
      // Robots' secrets in the database are unreadable without it.
      keep(harborSecrets.encryption, chosen("encryption", 16, true).result, {}, { protect: args.protect }),
      keep(harborSecrets.core, chosen("core", 16).result),
      keep(harborSecrets.jobservice, chosen("jobservice", 16).result),
      keep(harborSecrets.registry, chosen("registry", 16).result),
      keep(harborSecrets.xsrf, chosen("xsrf", 32).result),
      keep(harborSecrets.login, login.result, {
        // Made once with the password: a new salt at each run would roll every pod.
        REGISTRY_HTPASSWD: pulumi.interpolate`harbor_registry_user:${login.bcryptHash}`,
      }),
      keep(harborSecrets.postgres, loginOf(database, secrets.harborPostgres, "password of Harbor's database")),
      keep(harborSecrets.redis, loginOf(cache, secrets.harborRedis, "password of Harbor's Redis")),
      ...(plan.store.endpoint === undefined
        ? []
        : [
            keep(
              harborSecrets.objects,
              loginOf(undefined, secrets.harborObjectsSecret, "secret of Harbor's object store"),
              {
                REGISTRY_STORAGE_S3_ACCESSKEY: loginOf(
                  undefined,
                  secrets.harborObjectsKey,
                  "key of Harbor's object store",
                ),
              },
            ),
          ]),
      ...plan.objects.map((object) => own.object(object)),
    ];
    const release = new HelmRelease(
      `${cluster}/release/${plan.release.name}`,
      {
        plan: plan.release,
        namespace,
        values: {
          ...(signOn === undefined ? {} : { core: { configureUserSettings: harborProvider(signOn) } }),
          ...(database === undefined ? {} : { database: { external: { host: database.host } } }),
          ...(cache === undefined
            ? {}
            : {
                redis: {
                  external: { addr: cache.host.apply((host) => harborRedisAddress(host, plan.redisPort)) },
                },
              }),
        },
      },
      { parent: this, provider, protect: args.protect, dependsOn: [...held, ...ready] },
    );
    const job = own.object(plan.job, { dependsOn: release, deleteBeforeReplace: true });
    this.address = afterJob(job, plan.address);
    this.registerOutputs({ address: this.address });
  }
}
