import type { Settings } from "../config/schema";
import type { Addresses } from "../config/services";
import { engineOf } from "../engines";
import type { CentralTenant, WantingHome } from "../engines/engine";
import type { TenantFeature } from "../features/feature";
import type {
  ApplicationNeeds,
  HomeRequest,
  PipelineReader,
  PushedImages,
  RegistryProject,
  SecretReader,
  TenantRepositories,
  TenantRequest,
} from "../model/capability";
import type { CentralPlan, DeliveryRequest } from "../model/gitops";
import type { GuardrailMode } from "../model/guardrail-mode";
import type { ClusterFacts, EnvironmentFacts, EstateFacts, TenantFacts, TenantHome, TenantScope } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";
import { homeLabels } from "../model/labels";
import { hasCredentials } from "../model/people";
import { authMountName, namespaceName, projectPath } from "../model/names";
import type { Scope } from "../model/scope";
import type { Tenant } from "../tenants/schema";
import { grants, peopleBindings, platformGrants, type Grant, type PlatformGrant } from "./access";
import { planAccount, kindOf, planConnection, type AwsAccountPlan, type ClusterConnection } from "./connection";
import { limitObjects, namespaceObject } from "./home";
import { signOnOf } from "./sign-on";
import { planControlPlane, type ControlPlanePlan } from "./controlplane/controlplane";
import { planGitDelivery, type DeliveryKind, type GitDeliveryPlan } from "./delivery";
import { byName, clusterFacts, environmentFacts, estateFacts, named, scopeOf, tenantFacts } from "./facts";
import { assertInvariants } from "./invariants";
import { pipelineFiles } from "./pipelines";
import { effectiveProfile, type EffectiveProfile } from "./profile";
import { planPlatform, type PlatformPlan } from "./platform";
import { oneOfEach } from "./readers";
import { settingsOnRing } from "./rollout";
import { planSandboxes, sandboxGrants, type SandboxPlan } from "./sandboxes";

/** One cluster: how it is reached, and what it has besides tenants. */
export interface ClusterPlan {
  readonly name: string;
  readonly role: ClusterFacts["role"];
  readonly ring: number;
  /** What its guardrails do with what they judge wrong. */
  readonly guardrails: GuardrailMode;
  readonly connection: ClusterConnection;
  readonly platform: PlatformPlan;
  /** What brings tenants' objects from Git; absent where Pulumi alone writes them. */
  readonly gitDelivery?: GitDeliveryPlan;
  /** The Vault auth mount that trusts the cluster's ServiceAccount tokens. */
  readonly authMount: string;
}

/** One namespace of a tenant, with everything in it. */
export interface HomePlan {
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: KubernetesObject;
  readonly objects: readonly KubernetesObject[];
}

/** One tenant in all planes. */
export interface TenantPlan {
  readonly name: string;
  readonly state: TenantFacts["state"];
  readonly homes: readonly HomePlan[];
  /** What the GitOps engine has of it where it runs; absent for an engine that runs on every cluster. */
  readonly central?: CentralPlan;
  readonly secretReaders: readonly SecretReader[];
  /** What its applications need besides their pods. */
  readonly needs: readonly ApplicationNeeds[];
  readonly repositories?: TenantRepositories;
  readonly registry?: RegistryProject;
  readonly pipelines?: PipelineReader;
  readonly access: readonly Grant[];
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

/** A feature's own part of a tenant file and of a profile, with the schema's defaults filled in. */
function specsOf(
  feature: TenantFeature,
  tenant: Tenant,
  profile: EffectiveProfile,
): { readonly spec: unknown; readonly profile: unknown } {
  const part = (schema: TenantFeature["schema"], value: unknown): unknown => schema?.parse(value);
  return {
    spec: part(feature.schema, (tenant as Record<string, unknown>)[feature.key]),
    profile: part(feature.profile, profile[feature.key]),
  };
}

/** The features that give something to homes on a cluster. */
const featuresOn = (cluster: ClusterFacts, features: readonly TenantFeature[]): TenantFeature[] =>
  features.filter(({ kinds }) => kinds === undefined || kinds.includes(cluster.kind));

/** Kinds that bring credentials into a home, or open a way into it by one. Without them, what they brought goes, too. */
const brings: ReadonlySet<string> = new Set(["ExternalSecret", "Receiver"]);

/** Without what brings credentials, for a tenant that has none any more. */
const credentialless = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.filter(({ kind }) => !brings.has(kind));

const isDelivery = (request: HomeRequest): request is DeliveryRequest => request.capability === "delivery";
const isNeed = (request: HomeRequest): request is ApplicationNeeds => request.capability === "needs";
const isReader = (request: HomeRequest): request is SecretReader => request.capability === "secrets";

interface PlannedHome {
  readonly home: HomePlan;
  readonly wanting: WantingHome;
  readonly requests: readonly SecretReader[];
  readonly needs: readonly ApplicationNeeds[];
  readonly grants: readonly Grant[];
}

function planHome(
  home: TenantHome,
  tenant: Tenant,
  profile: EffectiveProfile,
  features: readonly TenantFeature[],
): PlannedHome {
  const engine = engineOf(home.estate.gitops.kind);
  const parts = features.map((feature) => {
    const { spec, profile: own } = specsOf(feature, tenant, profile);
    const requests = feature.requests?.(home, spec, own) ?? [];
    const deliveries = requests.filter(isDelivery);
    return {
      hosts: (feature.hosts?.(spec) ?? []).filter(({ environment }) => environment === home.environment.name),
      objects: [
        ...(feature.objects?.(home, spec, own) ?? []),
        ...deliveries.flatMap((request) => engine.home(home, request)),
      ],
      requests: requests.filter(isReader),
      needs: requests.filter(isNeed),
      deliveries,
    };
  });
  const credentialled = hasCredentials(home.tenant);
  return {
    home: {
      environment: home.environment.name,
      cluster: home.cluster.name,
      namespace: namespaceObject(
        home,
        parts.flatMap(({ hosts }) => hosts.map(({ name }) => name)),
      ),
      objects: [
        ...limitObjects(home, profile.limits),
        ...peopleBindings(home),
        ...parts.flatMap(({ objects }) => (credentialled ? objects : credentialless(objects))),
      ],
    },
    wanting: { home, requests: parts.flatMap(({ deliveries }) => deliveries) },
    requests: credentialled ? oneOfEach(parts.flatMap(({ requests }) => requests)) : [],
    // What is needed holds data, which stays where credentials go.
    needs: parts.flatMap(({ needs }) => needs),
    grants: grants(home),
  };
}

/** What the engine has of a tenant where it runs, if that is one cluster. */
function centralTenant(scope: TenantScope, homes: readonly WantingHome[], plane: string): CentralTenant | undefined {
  const central = homes.length === 0 ? undefined : engineOf(scope.estate.gitops.kind).tenant?.(scope, homes, plane);
  if (central === undefined || hasCredentials(scope.tenant)) return central;
  return { plan: { ...central.plan, objects: credentialless(central.plan.objects) }, secretReaders: [] };
}

/** What the features ask for a tenant as a whole, by capability; two requests of one capability are a feature's mistake. */
function wholeTenant(
  scope: TenantScope,
  tenant: Tenant,
  settings: Settings,
  features: readonly TenantFeature[],
): Pick<TenantPlan, TenantRequest["capability"]> {
  const profile = effectiveProfile(
    settings,
    { ...tenant, exceptions: tenant.exceptions.filter(({ environment }) => environment === undefined) },
    "",
  );
  const requests = features.flatMap((feature) => {
    const { spec, profile: own } = specsOf(feature, tenant, profile);
    return feature.tenantRequests?.(scope, spec, own) ?? [];
  });
  const capabilities = requests.map(({ capability }) => capability);
  if (new Set(capabilities).size < capabilities.length)
    throw new Error(`tenant ${tenant.name}: two features ask for one capability`);
  return Object.fromEntries(requests.map((request) => [request.capability, request]));
}

/** What pipelines of the tenant's projects push, by the projects' full paths. */
function pushedImages(
  tenant: Tenant,
  { gitlab }: Pick<EstateFacts, "gitlab">,
  features: readonly TenantFeature[],
): PushedImages[] {
  return features.flatMap(({ key, schema, images }) =>
    (images?.(schema?.parse((tenant as Record<string, unknown>)[key])) ?? []).map((pushed) => ({
      ...pushed,
      project: projectPath(gitlab.parent, tenant.name, pushed.project),
    })),
  );
}

/** Plans one tenant. Nothing here knows another tenant, so adding one changes no other. */
function planTenant(
  tenant: Tenant,
  estate: EstateFacts,
  settings: Settings,
  places: { readonly clusters: readonly ClusterFacts[]; readonly environments: readonly EnvironmentFacts[] },
  features: readonly TenantFeature[],
): TenantPlan {
  const facts = tenantFacts(tenant, settings);
  const wanted = tenant.environments;
  const environments =
    facts.state === "removed"
      ? []
      : places.environments.filter(({ name }) => wanted === undefined || wanted.includes(name));
  const homes = environments.flatMap((environment) => {
    return places.clusters
      .filter(({ name }) => environment.clusters.includes(name))
      .map((cluster) => {
        const profile = effectiveProfile(settingsOnRing(settings, cluster.ring), tenant, environment.name);
        const own = featuresOn(cluster, features);
        const namespace = namespaceName(tenant.name, environment.name);
        const [use] = own.flatMap((feature) => feature.ownNodes?.(specsOf(feature, tenant, profile).profile) ?? []);
        const home: TenantHome = {
          estate,
          tenant: facts,
          environment,
          cluster,
          namespace,
          labels: homeLabels(facts, environment),
          ...(use === undefined ? {} : { pool: { name: namespace, use } }),
          quota: profile.quota,
        };
        return planHome(home, tenant, profile, own);
      });
  });
  const scope: TenantScope = {
    estate,
    tenant: facts,
    environments,
    registryGi: named(settings.profiles, tenant.profile, "profile").registryGi,
    images: pushedImages(tenant, estate, features),
  };
  const plane = places.clusters.find(({ role }) => role === "control-plane")?.name ?? "";
  const central = centralTenant(
    scope,
    homes.map(({ wanting }) => wanting),
    plane,
  );
  return {
    name: tenant.name,
    state: facts.state,
    ...(facts.state === "removed" ? {} : wholeTenant(scope, tenant, settings, features)),
    homes: homes.map(({ home }) => home),
    ...(central === undefined ? {} : { central: central.plan }),
    secretReaders: [...homes.flatMap(({ requests }) => requests), ...(central?.secretReaders ?? [])],
    needs: homes.flatMap(({ needs }) => needs),
    access: homes.flatMap((planned) => planned.grants),
  };
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
      return {
        name,
        role,
        ring,
        guardrails,
        connection,
        ...(settings.delivery === "direct" ? {} : { gitDelivery: planGitDelivery(estate, cluster, settings.delivery) }),
        platform: planPlatform(
          estate,
          cluster,
          environments,
          settings.access,
          settingsOnRing(settings, ring),
          engine.platform({ estate, cluster, clusters, groups: settings.access, ...signOn }),
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
