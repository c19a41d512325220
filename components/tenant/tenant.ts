import * as pulumi from "@pulumi/pulumi";
import { deliverySecret, pipelineFolder, registrySecret, secretFolder } from "../../model/names";
import type { TenantPlan } from "../../plan/plan";
import type { ConnectedCluster } from "../cluster/contract";
import type { Delivery } from "../delivery/contract";
import type { DeliveryCredential, Repositories } from "../gitlab/contract";
import type { Registry, RegistryAccess } from "../registry/contract";
import type { Secrets } from "../vault/contract";

/** What serves tenants: the clusters, the delivery, and a backend for each capability. */
export interface Backends {
  readonly clusters: ReadonlyMap<string, ConnectedCluster>;
  /** One, or both in the step from one to the other. */
  readonly deliveries: readonly Delivery[];
  readonly secrets: Secrets;
  readonly repositories: Repositories;
  readonly registry: Registry;
}

export interface TenantArgs {
  readonly plan: TenantPlan;
  readonly backends: Backends;
}

/** One tenant in all planes. */
export class Tenant extends pulumi.ComponentResource {
  constructor(name: string, { plan, backends }: TenantArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:Tenant", name, {}, opts);
    for (const request of plan.secretReaders) backends.secrets.reader(request, this);
    if (plan.pipelines !== undefined) backends.secrets.pipelines(plan.pipelines, this);
    const deliveries = plan.repositories === undefined ? [] : backends.repositories.tenant(plan.repositories, this);
    const access = plan.registry === undefined ? undefined : backends.registry.project(plan.registry, this);
    this.keep(plan.name, deliveries, access, backends.secrets);
    for (const delivery of backends.deliveries) delivery.tenant(plan, backends.clusters, this);
    this.registerOutputs({});
  }

  /** Credentials travel through Vault: from what made them to the clusters and pipelines that use them. */
  private keep(
    tenant: string,
    deliveries: readonly DeliveryCredential[],
    access: RegistryAccess | undefined,
    secrets: Secrets,
  ): void {
    for (const { environment, username, password, receiverToken } of deliveries) {
      const pull = access?.pull.get(environment);
      secrets.keep(
        `${secretFolder(tenant, environment)}/${deliverySecret}`,
        {
          username,
          password,
          receiverToken,
          ...(access === undefined || pull === undefined ? {} : { dockerconfigjson: dockerConfig(access.host, pull) }),
        },
        this,
      );
    }
    if (access?.push !== undefined) {
      secrets.keep(`${pipelineFolder(tenant)}/${registrySecret}`, { registry: access.host, ...access.push }, this);
    }
  }
}

/** A login as container runtimes read it. */
function dockerConfig(
  host: string,
  { username, password }: { username: pulumi.Output<string>; password: pulumi.Output<string> },
): pulumi.Output<string> {
  const auth = pulumi.interpolate`${username}:${password}`.apply((text) => Buffer.from(text).toString("base64"));
  return pulumi.jsonStringify({ auths: { [host]: { username, password, auth } } });
}
