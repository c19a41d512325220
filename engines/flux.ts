import { z } from "zod";
import { externalSecret } from "../model/external-secret";
import { deliverySecret } from "../model/names";
import { fluxNamespace, gitCredentials, gitOpsInstance } from "../model/platform";
import type { GitOpsEngine } from "./engine";
import { alertObjects } from "./flux/alerts";
import { platformReconcilerObjects, releaseRecords } from "./flux/identity";
import { imageUpdateObjects } from "./flux/image-updates";
import { fluxPlan } from "./flux/platform";
import { productObjects } from "./flux/product";
import { repositoryObjects } from "./flux/repository";
import { vclusterRelease } from "./flux/vcluster";

/** Flux on every cluster: what a home wants lies in the home itself. */
export const flux = {
  kind: "flux",
  title: "Flux",
  namespace: fluxNamespace,
  instance: gitOpsInstance,
  receivers: true,
  imageVersions: {
    name: () => "web",
    mark: (environment) => ` # {"$imagepolicy": "<tenant>-${environment}:web:tag"}`,
    told: "The marker behind a tag is where Flux writes the newest version of an application with `imageUpdates`.",
  },
  schema: z.strictObject({ kind: z.literal("flux").describe("Flux on every cluster") }),
  lacks: {},
  platform: ({ estate }) => ({
    gitops: fluxPlan(estate),
    identity: platformReconcilerObjects(),
    objects: releaseRecords(),
  }),
  home: (home, request) => {
    switch (request.want) {
      case "credential": {
        const keys = { username: "username", password: "password" };
        return [externalSecret(home, { name: gitCredentials, from: deliverySecret, keys })];
      }
      case "repository":
        return repositoryObjects(home, request.secretValues);
      case "product":
        return productObjects(home, request.application);
      case "image-updates":
        return imageUpdateObjects(home, request.applications);
      case "alert":
        return alertObjects(home, request.alert);
      case "vcluster":
        return vclusterRelease(home, request.release);
    }
  },
} as const satisfies GitOpsEngine<"flux">;
