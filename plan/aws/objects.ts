import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import type { ComputePlan } from "./compute";

/**
 * What EKS leaves out: a class of disks that is the default, and in Auto Mode the class by which an Ingress gets a load
 * balancer. Disks are encrypted, and made where their first pod is.
 */
export function eksObjects(compute: ComputePlan["kind"]): KubernetesObject[] {
  const disks: KubernetesObject = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: "gp3",
      labels: platformLabels,
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    },
    provisioner: compute === "auto" ? "ebs.csi.eks.amazonaws.com" : "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true" },
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
  };
  const ingress: KubernetesObject = {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "alb", labels: platformLabels },
    spec: { controller: "eks.amazonaws.com/alb" },
  };
  return compute === "auto" ? [disks, ingress] : [disks];
}
