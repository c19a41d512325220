import { fluxNamespace, gitOpsInstance } from "../model/platform";
import type { GitOpsEngine } from "./engine";
import { platformReconcilerObjects } from "./identity";
import { addonObjects } from "./flux/addons";
import { alertObjects } from "./flux/alerts";
import { gitCredential } from "./flux/credential";
import { fluxDelivery } from "./flux/delivery";
import { releaseRecords } from "./flux/identity";
import { imageUpdateObjects, imageVersions } from "./flux/image-updates";
import { fluxPlan } from "./flux/platform";
import { productDelivery, productSource } from "./flux/product";
import { repositoryAids, repositoryDelivery, repositorySource } from "./flux/repository";
import { settingsSchema } from "./flux/settings";
import { targetBeside } from "./flux/target";
import { vclusterRelease } from "./flux/vcluster";

/** Flux on every cluster: what a home wants lies in the home itself. */
export const flux = {
  kind: "flux",
  title: "Flux",
  namespace: fluxNamespace,
  instance: gitOpsInstance,
  receivers: true,
  imageVersions,
  schema: settingsSchema,
  lacks: {},
  keep: { "kustomize.toolkit.fluxcd.io/prune": "disabled" },
  virtual: () => ({ from: fluxNamespace }),
  platform: ({ estate }) => ({
    gitops: fluxPlan(estate),
    identity: platformReconcilerObjects(fluxNamespace),
    objects: releaseRecords(),
    addons: (releases) => ({ objects: releases.flatMap(addonObjects) }),
  }),
  delivery: fluxDelivery,
  home: (home, request) => {
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
  },
} as const satisfies GitOpsEngine<"flux">;
