import { fluxNamespace, gitOpsInstance } from "../../model/platform";
import { imageVersions } from "./image-updates";
import { settingsSchema } from "./settings";

/** What holds of Flux wherever it runs. */
export const fluxFacts = {
  title: "Flux",
  namespace: fluxNamespace,
  instance: gitOpsInstance,
  receivers: true,
  imageVersions,
  schema: settingsSchema,
  keep: { "kustomize.toolkit.fluxcd.io/prune": "disabled" },
  virtual: () => ({ from: fluxNamespace }),
} as const;
