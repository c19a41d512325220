import type { DeliveryRequest } from "../model/gitops";
import type { TenantHome } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";
import { fluxNamespace } from "../model/platform";
import type { GitOpsEngine } from "./engine";
import { platformReconcilerObjects } from "./identity";
import { fluxAddons } from "./flux/addons";
import { alertObjects } from "./flux/alerts";
import { gitCredential } from "./flux/credential";
import { fluxDelivery } from "./flux/delivery";
import { fluxFacts } from "./flux/facts";
import { releaseRecords } from "./flux/identity";
import { imageUpdateObjects } from "./flux/image-updates";
import { leaving } from "./flux/leaving";
import { fluxPlan } from "./flux/platform";
import { productDelivery, productSource } from "./flux/product";
import { repositoryAids, repositoryDelivery, repositorySource } from "./flux/repository";
import { isLeaving } from "./flux/settings";
import { targetBeside } from "./flux/target";
import { vclusterRelease } from "./flux/vcluster";

/** What Flux makes of a request, in the home itself. */
function objectsOf(home: TenantHome, request: DeliveryRequest): KubernetesObject[] {
  switch (request.want) {
    case "credential":
      return [gitCredential(home)];
    case "repository":
      return [
        repositorySource(home),
        repositoryDelivery(home, request.secretValues, targetBeside(home)),
        ...repositoryAids(home, request.secretValues),
      ];
    case "product":
      return [
        ...productSource(home, request.application),
        productDelivery(home, request.application, targetBeside(home)),
      ];
    case "image-updates":
      return imageUpdateObjects(home, request.applications);
    case "alert":
      return alertObjects(home, request.alert);
    case "vcluster":
      return vclusterRelease(home, request.release);
  }
}

/** Flux on every cluster: what a home wants lies in the home itself. */
export const flux = {
  ...fluxFacts,
  kind: "flux",
  scansImagesOn: "workload",
  leaving: { write: "estate:gitops: { kind: flux, leaving: true }", said: isLeaving },
  lacks: {},
  platform: ({ estate }) => ({
    gitops: fluxPlan(estate),
    identity: platformReconcilerObjects(fluxNamespace),
    objects: releaseRecords(),
    addons: fluxAddons(estate),
  }),
  delivery: fluxDelivery,
  home: (home, request) => leaving(home.estate, objectsOf(home, request)),
} as const satisfies GitOpsEngine<"flux">;
