import type { PodSecurity } from "../../model/addon";
import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { podSecurityVersion } from "../../model/versions";

/** The namespace of a service of the control plane. */
export function serviceNamespace(name: string, security: PodSecurity): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: {
        ...platformLabels,
        "pod-security.kubernetes.io/enforce": security,
        "pod-security.kubernetes.io/enforce-version": podSecurityVersion,
      },
    },
  };
}
