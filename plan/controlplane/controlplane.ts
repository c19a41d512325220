import type { Settings } from "../../config/schema";
import type { ClusterFacts, EstateFacts } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { serviceHost, serviceWords } from "../../model/services";
import type { DataPlan } from "../aws/data";
import type { RoleScope } from "../aws/roles";
import { gitlabInstallation, harborInstallation, planServiceData } from "./data";
import { isOwnAuthority, planEntrance, type Entrant } from "./entrance";
import { planGitLab, type GitLabPlan } from "./gitlab";
import { planHarbor, type HarborPlan } from "./harbor";
import { planIdentity, type IdentityPlan } from "./identity";
import type { ServicePlace } from "./place";
import { planVault, type VaultPlan } from "./vault";

/** What Estate installs on the control plane for all: absent parts are brought along. */
export interface ControlPlanePlan {
  /** The cluster with the role control-plane. */
  readonly cluster: string;
  /** The way in, where anything is installed. */
  readonly entrance?: KubernetesObject;
  /** What AWS manages for the services. */
  readonly data?: DataPlan;
  readonly vault?: VaultPlan;
  readonly gitlab?: GitLabPlan;
  readonly registry?: HarborPlan;
  readonly identity?: IdentityPlan;
}

/** Where the control plane is on AWS; undefined when it is elsewhere. */
function onAws({ name }: EstateFacts, cluster: string, { aws, clusters }: Settings): RoleScope | undefined {
  if (aws === undefined || clusters[cluster]?.kind !== "eks") return undefined;
  return { place: { region: aws.region, account: aws.account }, estate: name, cluster };
}

/** Plans the services of the control plane. */
export function planControlPlane(
  estate: EstateFacts,
  clusters: readonly ClusterFacts[],
  settings: Settings,
): ControlPlanePlan {
  const plane = clusters.find(({ role }) => role === "control-plane");
  if (plane === undefined) throw new RangeError("no cluster has the role control-plane");
  const cluster = plane.name;
  const host = (service: keyof typeof serviceWords): string =>
    serviceHost(serviceWords[service], cluster, estate.domain);
  const identity = planIdentity(estate, clusters, settings);
  const way = settings.entrance;
  const entrants: Entrant[] = (["vault", "gitlab", "registry"] as const)
    .filter((service) => settings[service].install !== undefined)
    .map((service) => ({
      service,
      host: host(service),
      runner: service === "gitlab" && settings.gitlab.install?.runner !== undefined,
    }));
  const common = { cluster, ...(identity === undefined ? {} : { identity }) };
  if (entrants.length === 0) return common;
  if (way === undefined) throw new RangeError("services are installed, and nobody signs their certificates");
  const ownAuthority = isOwnAuthority(way.issuer);
  const { mirror } = estate;
  const place = (service: keyof typeof serviceWords): ServicePlace => ({
    host: host(service),
    ownAuthority,
    mirror,
    singleSignOn: identity !== undefined,
    expires: estate.credentials.expires,
  });
  const { vault, gitlab, registry } = settings;
  const aws = onAws(estate, cluster, settings);
  const data = planServiceData(aws, estate.protect, settings);
  return {
    ...common,
    entrance: planEntrance(entrants, way),
    ...(data === undefined ? {} : { data }),
    ...(vault.install === undefined
      ? {}
      : {
          vault: planVault(vault.install, {
            estate: estate.name,
            clusters: clusters.map(({ name }) => name),
            host: host("vault"),
            ownAuthority,
            mirror,
          }),
        }),
    ...(gitlab.install === undefined
      ? {}
      : { gitlab: planGitLab(gitlabInstallation(gitlab.install, aws), place("gitlab")) }),
    ...(registry.install === undefined
      ? {}
      : { registry: planHarbor(harborInstallation(registry.install, aws), place("registry")) }),
  };
}
