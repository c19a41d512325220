import type { VirtualClusterRelease } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { Json } from "../../model/kubernetes";
import { seedObjects } from "./seed";
import { controlPlaneKind, storeServices, type Store } from "./store";

/** The objects that the chart makes under our values, by name; all in the home's namespace. */
export function chartObjects(home: string, store: Store): VirtualClusterRelease["objects"] {
  return {
    secrets: [`vc-config-${home}`],
    serviceaccounts: [`vc-${home}`, `vc-workload-${home}`],
    services: [
      home,
      // A Deployment needs no names for its pods.
      ...(controlPlaneKind(store) === "statefulsets" ? [`${home}-headless`] : []),
      ...storeServices(home, store),
    ],
  };
}

/** What the GitOps engine is asked to install. */
export function virtualCluster(home: TenantHome, store: Store, values: Record<string, Json>): VirtualClusterRelease {
  return {
    objects: chartObjects(home.namespace, store),
    workloads: [...new Set([controlPlaneKind(store), ...(store.kind === "etcd" ? ["statefulsets"] : [])])],
    values,
    seed: seedObjects(home),
  };
}
