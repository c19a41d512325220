import { fluxNamespace, gitOpsInstance } from "../model/platform";
import type { GitOpsEngine } from "./engine";
import { alertObjects } from "./flux/alerts";
import { gitCredential } from "./flux/credential";
import { platformReconcilerObjects, releaseRecords } from "./flux/identity";
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
  platform: ({ estate }) => ({
    gitops: fluxPlan(estate),
    identity: platformReconcilerObjects(),
    objects: releaseRecords(),
  }),
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
