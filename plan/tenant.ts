import type { Settings } from "../config/schema";
import { engineOf } from "../engines";
import type { CentralTenant, WantingHome } from "../engines/engine";
import type { TenantFeature } from "../features/feature";
import type {
  ApplicationNeeds,
  PipelineReader,
  PushedImages,
  RegistryProject,
  SecretReader,
  TenantRepositories,
  TenantRequest,
} from "../model/capability";
import type { CentralPlan } from "../model/gitops";
import type { ClusterFacts, EnvironmentFacts, EstateFacts, TenantFacts, TenantHome, TenantScope } from "../model/home";
import { homeLabels } from "../model/labels";
import { namespaceName, projectPath } from "../model/names";
import { hasCredentials } from "../model/people";
import type { Tenant } from "../tenants/schema";
import type { Grant } from "./access";
import { named, tenantFacts } from "./facts";
import { credentialless, planHome, type HomePlan } from "./home";
import { effectiveProfile } from "./profile";
import { settingsOnRing } from "./rollout";
import { specsOf } from "./specs";

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

/** The features that give something to homes on a cluster. */
const featuresOn = (cluster: ClusterFacts, features: readonly TenantFeature[]): TenantFeature[] =>
  features.filter(({ kinds }) => kinds === undefined || kinds.includes(cluster.kind));

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
export function planTenant(
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
