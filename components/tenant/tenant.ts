import * as pulumi from "@pulumi/pulumi";
import { deliverySecret, pipelineFolder, pipelineSecret, promotionKey, secretFolder } from "../../model/names";
import { currentOf, generationsOf, type EstateFacts } from "../../model/home";
import type { ApplicationNeeds } from "../../model/capability";
import type { TenantPlan } from "../../plan/tenant";
import type { ConnectedCluster, Reachable } from "../cluster/contract";
import type { Delivery } from "../delivery/contract";
import { bringCentral } from "../gitops/central";
import type { Repositories, RepositoryCredentials } from "../gitlab/contract";
import type { Needs, NeedsBackends } from "../needs/contract";
import type { Registry, RegistryAccess } from "../registry/contract";
import type { Secrets } from "../vault/contract";

/** What serves tenants: the clusters, the delivery, and a backend for each capability. */
export interface Backends {
  /** Which credentials there are of each tenant. */
  readonly credentials: EstateFacts["credentials"];
  readonly clusters: ReadonlyMap<string, ConnectedCluster>;
  /** The same clusters as a GitOps engine on another one reaches them. */
  readonly reachable: ReadonlyMap<string, Reachable>;
  /** One, or both in the step from one to the other. */
  readonly deliveries: readonly Delivery[];
  readonly secrets: Secrets;
  readonly repositories: Repositories;
  readonly registry: Registry;
  /** What makes what applications need. */
  readonly needs: NeedsBackends;
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
    const repositories =
      plan.repositories === undefined ? undefined : backends.repositories.tenant(plan.repositories, this);
    const access = plan.registry === undefined ? undefined : backends.registry.project(plan.registry, this);
    for (const request of plan.needs) needed(backends.needs, request).application(request, this);
    this.keep(plan.name, repositories, access, backends);
    const homes = backends.deliveries.flatMap((delivery) => delivery.tenant(plan, backends.clusters, this));
    if (plan.central !== undefined) bringCentral(plan.central, backends, { parent: this, homes });
    this.registerOutputs({});
  }

  /** Credentials travel through Vault: from what made them to the clusters and pipelines that use them. */
  private keep(
    tenant: string,
    repositories: RepositoryCredentials | undefined,
    access: RegistryAccess | undefined,
    { secrets, credentials }: Pick<Backends, "secrets" | "credentials">,
  ): void {
    const version = currentOf(generationsOf(credentials, tenant)).serial;
    for (const { environment, username, password, receiverToken } of repositories?.deliveries ?? []) {
      const pull = access?.pull.get(environment);
      secrets.keep(
        { path: `${secretFolder(tenant, environment)}/${deliverySecret}`, version },
        {
          username,
          password,
          receiverToken,
          ...(access === undefined || pull === undefined ? {} : { dockerconfigjson: dockerConfig(access.host, pull) }),
        },
        this,
      );
    }
    const promotions = repositories?.promotions ?? [];
    const pipelines = {
      ...(access?.push === undefined ? {} : { registry: access.host, ...access.push }),
      ...Object.fromEntries(promotions.map(({ into, token }) => [promotionKey(into), token])),
    };
    const path = `${pipelineFolder(tenant)}/${pipelineSecret}`;
    if (Object.keys(pipelines).length > 0) secrets.keep({ path, version }, pipelines, this);
  }
}

/** The plan asks for needs only where a cluster serves them. */
function needed(backends: NeedsBackends, { by }: ApplicationNeeds): Needs {
  const needs = backends[by];
  if (needs === undefined) throw new RangeError(`nothing serves what applications need of ${by}`);
  return needs;
}

/** A login as container runtimes read it. */
function dockerConfig(
  host: string,
  { username, password }: { username: pulumi.Output<string>; password: pulumi.Output<string> },
): pulumi.Output<string> {
  const auth = pulumi.interpolate`${username}:${password}`.apply((text) => Buffer.from(text).toString("base64"));
  return pulumi.jsonStringify({ auths: { [host]: { username, password, auth } } });
}
