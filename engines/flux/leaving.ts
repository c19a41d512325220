import type { EstateFacts } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";

/** By kind, how Flux is told to leave what an object brought when that object goes; each by the means that the kind has. */
const stays: Readonly<Record<string, (object: KubernetesObject) => KubernetesObject>> = {
  // Unlike a suspended one it goes on bringing, and a tenant's people cannot take it back.
  Kustomization: (object) => withSpec(object, { deletionPolicy: "Orphan" }),
  HelmRelease: (object) => withSpec(object, { suspend: true }),
  ResourceSet: (object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, "fluxcd.controlplane.io/reconcile": "disabled" },
    },
  }),
};

const withSpec = (object: KubernetesObject, more: Readonly<Record<string, string | boolean>>): KubernetesObject => ({
  ...object,
  spec: { ...(object["spec"] as object), ...more },
});

/** Objects of Flux's as they are while another engine is to take over next: what they brought stays when they go. */
export const leaving = (
  estate: Pick<EstateFacts, "gitops">,
  objects: readonly KubernetesObject[],
): KubernetesObject[] =>
  estate.gitops.leaves ? objects.map((object) => stays[object.kind]?.(object) ?? object) : [...objects];
