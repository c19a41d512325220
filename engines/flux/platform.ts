import { fluxComponents, fluxTenancy } from "../../model/controllers";
import type { GitOpsPlan } from "../../model/gitops";
import type { EstateFacts } from "../../model/home";
import { platformLabels } from "../../model/labels";
import { helmAddress, mirroredArtifact, mirroredChart, mirroredImage } from "../../model/mirror";
import { deletedInBackground, fluxNamespace, gitOpsInstance } from "../../model/platform";
import { charts, fluxDistribution, images, versions } from "../../model/versions";

/** Flux: the operator as a release, and the FluxInstance with the tenancy lockdown. */
export function fluxPlan({ mirror }: EstateFacts): GitOpsPlan {
  return {
    component: "Flux",
    release: {
      name: "flux-operator",
      namespace: fluxNamespace,
      ...helmAddress(mirroredChart(charts.fluxOperator, mirror)),
      version: versions.fluxOperator.installed,
      values: {
        installCRDs: true,
        web: { enabled: false },
        ...(mirror === undefined ? {} : { image: { repository: mirroredImage(images.fluxOperator, mirror) } }),
      },
    },
    instance: {
      apiVersion: "fluxcd.controlplane.io/v1",
      kind: "FluxInstance",
      metadata: {
        name: gitOpsInstance,
        namespace: fluxNamespace,
        labels: platformLabels,
        annotations: {
          ...deletedInBackground,
          "pulumi.com/waitFor": "condition=Ready",
          "pulumi.com/timeoutSeconds": "600",
        },
      },
      spec: {
        distribution: {
          version: versions.flux.installed,
          registry: mirroredImage(fluxDistribution.registry, mirror),
          artifact: mirroredArtifact(fluxDistribution.artifact, mirror),
        },
        components: [...fluxComponents],
        cluster: {
          type: "kubernetes",
          ...fluxTenancy,
          networkPolicy: true,
          domain: "cluster.local",
        },
      },
    },
  };
}
