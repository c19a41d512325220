import { engineOf } from "../engines";
import type { WantingHome } from "../engines/engine";
import type { TenantFeature } from "../features/feature";
import type { ApplicationNeeds, HomeRequest, SecretReader } from "../model/capability";
import type { DeliveryRequest } from "../model/gitops";
import type { TenantHome } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";
import { hasCredentials } from "../model/people";
import type { Tenant } from "../tenants/schema";
import { grants, peopleBindings, type Grant } from "./access";
import { dataReaders, planData, type DataPlan } from "./databases";
import { limitObjects, namespaceObject } from "./home-objects";
import type { EffectiveProfile } from "./profile";
import { oneOfEach } from "./readers";
import { specsOf } from "./specs";

/** One namespace of a tenant, with everything in it. */
export interface HomePlan {
  readonly environment: string;
  readonly cluster: string;
  readonly namespace: KubernetesObject;
  readonly objects: readonly KubernetesObject[];
  /** Its databases, in a namespace of the platform's beside it; absent where it has none in its cluster. */
  readonly data?: DataPlan;
}

/** The namespaces of a home: its own, and the platform's beside it. */
export const placesOf = (home: HomePlan): readonly Pick<HomePlan, "namespace" | "objects">[] => [
  home,
  ...(home.data === undefined ? [] : [home.data]),
];

/** Kinds that bring credentials into a home, or open a way into it by one. Without them, what they brought goes, too. */
const brings: ReadonlySet<string> = new Set(["ExternalSecret", "Receiver"]);

/** Without what brings credentials, for a tenant that has none any more. */
export const credentialless = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.filter(({ kind }) => !brings.has(kind));

const isDelivery = (request: HomeRequest): request is DeliveryRequest => request.capability === "delivery";
const isNeed = (request: HomeRequest): request is ApplicationNeeds => request.capability === "needs";
const isReader = (request: HomeRequest): request is SecretReader => request.capability === "secrets";

/** A home, and what its features ask for it. */
interface PlannedHome {
  readonly home: HomePlan;
  readonly wanting: WantingHome;
  readonly requests: readonly SecretReader[];
  readonly needs: readonly ApplicationNeeds[];
  readonly grants: readonly Grant[];
}

/** Plans one home: what the features give it, the engine's part of that, and its limits and people. */
export function planHome(
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
  const needs = parts.flatMap((part) => part.needs);
  const data = planData(home, needs);
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
      ...(data === undefined ? {} : { data }),
    },
    wanting: { home, requests: parts.flatMap(({ deliveries }) => deliveries) },
    requests: credentialled
      ? oneOfEach([...parts.flatMap(({ requests }) => requests), ...dataReaders(home, data)])
      : [],
    // What is needed holds data, which stays where credentials go.
    needs,
    grants: grants(home),
  };
}
