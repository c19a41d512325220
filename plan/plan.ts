import type { Settings } from "../config/schema";
import type { Addresses } from "../config/services";
import { engineOf } from "../engines";
import type { TenantFeature } from "../features/feature";
import type { DeliveryKind, GitDeliveryPlan } from "../model/gitops";
import type { GuardrailMode } from "../model/guardrail-mode";
import type { ClusterFacts, EstateFacts } from "../model/home";
import { authMountName } from "../model/names";
import type { Scope } from "../model/scope";
import type { Tenant } from "../tenants/schema";
import { platformGrants, type PlatformGrant } from "./access";
import { clustersWithAddons } from "./addons";
import { planAccount, kindOf, planConnection, type AwsAccountPlan, type ClusterConnection } from "./connection";
import { signOnOf } from "./sign-on";
import { planControlPlane, type ControlPlanePlan } from "./controlplane/controlplane";
import { byName, clusterFacts, environmentFacts, estateFacts, named, scopeOf } from "./facts";
import { assertInvariants } from "./invariants";
import { pipelineFiles } from "./pipelines";
import { planPlatform, type PlatformPlan } from "./platform";
import { settingsOnRing } from "./rollout";
import { planSandboxes, sandboxGrants, type SandboxPlan } from "./sandboxes";
import { planTenant, type TenantPlan } from "./tenant";

/** One cluster: how it is reached, and what it has besides tenants. */
export interface ClusterPlan {
  readonly name: string;
  readonly role: ClusterFacts["role"];
  readonly ring: number;
  /** What its guardrails do with what they judge wrong. */
  readonly guardrails: GuardrailMode;
  readonly connection: ClusterConnection;
  readonly platform: PlatformPlan;
  /** What brings tenants' objects from Git; absent where Pulumi alone writes them, or an engine elsewhere brings them. */
  readonly gitDelivery?: GitDeliveryPlan;
  /** The Vault auth mount that trusts the cluster's ServiceAccount tokens. */
  readonly authMount: string;
}

/** The whole estate as plain data: the same settings and tenants give the same plan, on any day and machine. */
export interface EstatePlan {
  readonly estate: EstateFacts;
  /** What this stack holds of it. */
  readonly scope: Scope;
  readonly delivery: DeliveryKind;
  /** Where in AWS it is; absent where no cluster is there. */
  readonly aws?: AwsAccountPlan;
  /** The services that are installed for all. */
  readonly controlPlane: ControlPlanePlan;
  readonly clusters: readonly ClusterPlan[];
  /** The files of the platform's pipelines, by path. */
  readonly pipelines: Readonly<Record<string, string>>;
  readonly tenants: readonly TenantPlan[];
  /** Personal sandboxes; none in a stack of tenants, whose platform has them. */
  readonly sandboxes: readonly SandboxPlan[];
  /** Who has which role outside of tenants: the platform's own people, and those with a sandbox. */
  readonly access: readonly PlatformGrant[];
}

/** What the plan is made from. */
export interface PlanInputs {
  readonly settings: Settings;
  readonly tenants: readonly Tenant[];
  readonly features: readonly TenantFeature[];
  readonly addresses: Addresses;
}

/** Settings and tenants -> the whole estate as plain data. Throws when an invariant between tenants does not hold. */
export function planEstate({ settings, tenants, features, addresses }: PlanInputs): EstatePlan {
  const estate = estateFacts(settings, addresses);
  const clusters = clusterFacts(settings);
  const environments = environmentFacts(settings);
  const aws = planAccount(settings);
  const engine = engineOf(estate.gitops.kind);
  const addonClusters = clustersWithAddons(settings.addons, clusters);
  const signOn = signOnOf(estate, clusters, settings);
  const sandboxes =
    settings.sandboxes === undefined || settings.scope === "tenants"
      ? []
      : planSandboxes(settings.sandboxes, estate, settings, clusters, features);
  const plan: EstatePlan = {
    estate,
    scope: scopeOf(settings),
    delivery: settings.delivery,
    ...(aws === undefined ? {} : { aws }),
    controlPlane: planControlPlane(estate, clusters, settings),
    clusters: clusters.map((cluster) => {
      const own = named(settings.clusters, cluster.name, "cluster");
      const connection = planConnection(estate, cluster.name, own, settings);
      const { name, role, ring, guardrails } = cluster;
      const { delivery } = settings;
      const engineScope = { estate, cluster, clusters, delivery, addonClusters, groups: settings.access, ...signOn };
      const gitDelivery = delivery === "direct" ? undefined : engine.delivery(engineScope, delivery);
      return {
        name,
        role,
        ring,
        guardrails,
        connection,
        ...(gitDelivery === undefined ? {} : { gitDelivery }),
        platform: planPlatform(
          estate,
          cluster,
          environments,
          settings.access,
          settingsOnRing(settings, ring),
          engine.platform(engineScope),
          kindOf(connection),
        ),
        authMount: authMountName(estate.name, cluster.name),
      };
    }),
    pipelines: pipelineFiles(estate, environments),
    tenants: byName(tenants).map((tenant) =>
      planTenant(tenant, estate, settings, { clusters, environments }, features),
    ),
    sandboxes,
    access: [...platformGrants(settings.access, clusters), ...sandboxGrants(sandboxes)],
  };
  assertInvariants(plan);
  return plan;
}
