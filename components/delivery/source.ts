import * as pulumi from "@pulumi/pulumi";
import type { GitDeliveryPlan } from "../../model/gitops";
import { objectAddress } from "../../model/kubernetes";
import type { Platform } from "../cluster/platform";
import { bringCentral, type CentralPlaces } from "../gitops/central";
import type { ClusterManagement } from "../gitlab/cluster-management";
import type { Secrets } from "../vault/contract";
import { Manifest } from "./manifest";

export interface DeliverySourceArgs {
  readonly plan: GitDeliveryPlan;
  /** The cluster where the engine runs that brings it. */
  readonly cluster: Platform;
  readonly places: CentralPlaces;
  /** All clusters' platforms: what is brought to one needs the roles that are there. */
  readonly platforms: readonly Platform[];
  readonly management: ClusterManagement;
  readonly secrets: Secrets;
  /** Another number writes the credential anew. */
  readonly version: number;
}

/** What makes clusters take their tenants from the cluster-management project. */
export class DeliverySource extends pulumi.ComponentResource {
  constructor(name: string, args: DeliverySourceArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:DeliverySource", name, {}, opts);
    const { plan, cluster, places, platforms } = args;
    const reached = new Set(plan.logins.map((login) => login.cluster));
    bringCentral({ ...plan, cluster: cluster.name }, places, {
      parent: this,
      after: this.credential(args),
      homes: platforms.filter((platform) => reached.has(platform.name)),
    });
    this.registerOutputs({});
  }

  /** How the engine reads the project. Gives what reading it waits for. */
  private credential({ plan, cluster, management, secrets, version }: DeliverySourceArgs): pulumi.Resource[] {
    const { credential } = plan;
    const { username, password } = management;
    const child = { parent: this };
    if (credential.kind === "secret") {
      const { object } = credential;
      const name = `${cluster.name}/${objectAddress(object)}`;
      const values = { object, secrets: { username, password } };
      return [new Manifest(name, values, { ...child, provider: cluster.provider })];
    }
    // External Secrets finds it at its first look: after a failed one it waits, and longer each time.
    const kept = new pulumi.ComponentResource(
      "estate:index:DeliveryLogin",
      `${cluster.name}-delivery-login`,
      {},
      child,
    );
    secrets.keep({ path: credential.path, version }, { username, password }, kept);
    secrets.reader(credential.reader, kept);
    return [kept];
  }
}
