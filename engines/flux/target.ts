import type { TenantHome } from "../../model/home";
import type { Json } from "../../model/kubernetes";

/** Where a home's manifests go: its namespace, or the vCluster in it by the kubeconfig Secret that the vCluster writes. */
export function deliveryTarget(home: TenantHome): Readonly<Record<string, Json>> {
  if (home.tenant.isolation === "namespace") return { targetNamespace: home.namespace };
  return { kubeConfig: { secretRef: { name: `vc-${home.namespace}`, key: "config" } } };
}
