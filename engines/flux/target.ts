import type { TenantHome } from "../../model/home";
import type { Json } from "../../model/kubernetes";
import { fitting } from "../../model/names";
import { deletedInBackground } from "../../model/platform";

/** Longest name of a Kustomization: Flux writes it on all that it brings, as a label's value. */
const longest = 63;

/** How a home's Kustomizations are called and where they bring what they bring. */
export interface Target {
  readonly metadata: (name: string) => {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, Json>>;
}

/** To the home's namespace beside them, or to the vCluster in it by the kubeconfig Secret that the vCluster writes. */
export function targetBeside({ namespace, labels, tenant }: TenantHome): Target {
  return {
    metadata: (name) => ({ name: fitting(name, "", longest), namespace, labels }),
    spec:
      tenant.isolation === "namespace"
        ? { targetNamespace: namespace }
        : { kubeConfig: { secretRef: { name: `vc-${namespace}`, key: "config" } } },
  };
}

/** The ConfigMap by which the hub reaches a cluster for a home. */
export const clusterAddressName = (cluster: string): string => `cluster-${cluster}`;

/** From the hub to the home's namespace on its cluster; an environment may be on several. */
export function targetOnCluster({ namespace, labels, cluster }: TenantHome): Target {
  return {
    metadata: (name) => ({
      // The dot, which no part can hold, keeps `shop` on cluster `a-b` apart from `shop-a` on cluster `b`.
      name: fitting(name, `.${cluster.name}`, longest),
      namespace,
      labels,
      annotations: deletedInBackground,
    }),
    spec: { targetNamespace: namespace, kubeConfig: { configMapRef: { name: clusterAddressName(cluster.name) } } },
  };
}
