import { platformLabels } from "../model/labels";
import { hasCredentials } from "../model/people";
import { fluxNamespace, reconciler } from "../model/platform";
import type { GitOpsEngine } from "./engine";
import { byEnvironment } from "./environments";
import { clusterAddress, hubBase, hubDeliveries, hubNamespace, hubReader, sharedObjects } from "./flux/hub";
import { fluxAddons } from "./flux/addons";
import { platformReconcilerObjects } from "./identity";
import { fluxFacts } from "./flux/facts";
import { leaving } from "./flux/leaving";
import { fluxPlan } from "./flux/platform";
import { hubSettings, isLeaving } from "./flux/settings";
import { engineBinding, engineRights, issuedUser } from "./login";

const elsewhere = "estate:gitops: { kind: flux, topology: per-cluster }";

/** Flux on the control plane for all clusters: what it has of a home lies there, in a namespace of the home's name. */
export const fluxHub = {
  ...fluxFacts,
  kind: "flux-hub",
  scansImagesOn: "control-plane",
  leaving: { write: "estate:gitops: { kind: flux, topology: hub, leaving: true }", said: isLeaving },
  lacks: {
    vcluster: {
      cause: "the login of a virtual cluster is a Secret beside it, which Flux on the control plane does not read",
      remedy: `write isolation: namespace, or ${elsewhere}`,
    },
    "workload-addons": {
      cause: "with Flux on the control plane alone, nothing installs addons on workload clusters",
      remedy: `name the control plane alone in its clusters, or write ${elsewhere}`,
    },
    "git-delivery": {
      cause: "no Flux on a workload cluster takes the tenants' namespaces and roles from Git",
      remedy: `write estate:delivery: direct, or ${elsewhere}`,
    },
    eks: {
      cause: "Flux on the control plane logs in by the control plane's issuer, and EKS takes none that is not public",
      remedy: `make the control plane on EKS, too, or write ${elsewhere}`,
    },
    "eks-people": {
      cause: "EKS takes one provider of identities for each cluster, and Flux on the control plane logs in by that",
      remedy: `let people in by roles of AWS (admins), or write ${elsewhere}`,
    },
  },
  issuedPrefix: (estate) => hubSettings(estate).usernamePrefix,
  platform: ({ estate, cluster }) => ({
    ...(cluster.role === "control-plane"
      ? { gitops: fluxPlan(estate), identity: platformReconcilerObjects(fluxNamespace), objects: [] }
      : { identity: [], objects: [engineRights([], platformLabels)] }),
    // On the control plane alone: none go elsewhere (`lacks`).
    addons: fluxAddons(estate),
  }),
  // `lacks`: config/ has told of it.
  delivery: () => undefined,
  home: (home, request) => {
    if (request.want !== "repository" || !hasCredentials(home.tenant)) return [];
    const { usernamePrefix } = hubSettings(home.estate);
    return [engineBinding(home, "flux-hub", [issuedUser(usernamePrefix, home.namespace, reconciler)])];
  },
  tenant: ({ estate }, homes, plane) => {
    const environments = byEnvironment(homes);
    return {
      plan: {
        cluster: plane,
        namespaces: environments.map(([{ home }]) => hubNamespace(home)),
        addresses: homes.map(({ home }) => clusterAddress(home)),
        objects: environments.flatMap((own) => [...hubBase(own[0].home, plane), ...sharedObjects(own)]),
        logins: [],
        deliveries: leaving(estate, homes.flatMap(hubDeliveries)),
      },
      secretReaders: environments.map((own) => hubReader(own, plane)),
    };
  },
} as const satisfies GitOpsEngine<"flux-hub">;
