import type { ClusterAddress, DeliveryRequest } from "../../model/gitops";
import { pullSecrets, secretStoreObjects } from "../../model/external-secret";
import type { TenantHome } from "../../model/home";
import { objectAddress, type KubernetesObject } from "../../model/kubernetes";
import { secretFolder } from "../../model/names";
import { reconciler, secretReader } from "../../model/platform";
import { productFolder } from "../../model/product";
import { podSecurityVersion } from "../../model/versions";
import type { SecretReader } from "../../model/capability";
import type { WantingHome } from "../engine";
import type { HomesOfEnvironment } from "../environments";
import { tokenAudience } from "../login";
import { alertObjects } from "./alerts";
import { gitCredential } from "./credential";
import { imageUpdateObjects } from "./image-updates";
import { productDelivery, productSource } from "./product";
import { repositoryAids, repositoryDelivery, repositorySource } from "./repository";
import { hubSettings } from "./settings";
import { clusterAddressName, targetOnCluster } from "./target";

/**
 * A home's namespace on the hub. It has the name of the home because the hub acts on a cluster as the ServiceAccount of its own
 * namespace's name; and the home's labels, so that all guardrails hold in it. Nobody of the tenant has a right here.
 */
export function hubNamespace({ namespace, labels }: TenantHome): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespace,
      labels: {
        ...labels,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": podSecurityVersion,
      },
    },
  };
}

/** What is in it whatever the home wants: room for no pod, as whom it logs in, and the way to the home's folder in Vault. */
export function hubBase(home: TenantHome, plane: string): KubernetesObject[] {
  const { namespace, labels } = home;
  return [
    {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "tenant", namespace, labels },
      spec: { hard: { persistentvolumeclaims: "0", pods: "0", services: "0" } },
    },
    {
      // It has no right on the hub: its token is shown to the home's clusters, and Flux prunes only while it is there.
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: reconciler, namespace, labels },
      automountServiceAccountToken: false,
    },
    ...secretStoreObjects(home, plane),
  ];
}

/** How the hub reaches a home's cluster: as the home's own ServiceAccount, with a token for that cluster alone. */
export function clusterAddress(home: TenantHome): ClusterAddress {
  const { namespace, labels, cluster, estate } = home;
  const server = hubSettings(estate).servers[cluster.name];
  return {
    cluster: cluster.name,
    object: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: clusterAddressName(cluster.name), namespace, labels },
    },
    data: {
      provider: "generic",
      audiences: tokenAudience(estate.name, cluster.name),
      serviceAccountName: reconciler,
    },
    keys: { address: "address", authority: "ca.crt" },
    ...(server === undefined ? {} : { server }),
  };
}

/** External Secrets on the hub reads the home's folder, and the logins of the private products that it runs. */
export function hubReader(homes: HomesOfEnvironment, plane: string): SecretReader {
  const { tenant, environment, namespace, estate } = homes[0].home;
  const products = homes.flatMap(({ requests }) =>
    requests.flatMap((request) => (request.want === "product" ? [request.application.product] : [])),
  );
  const hidden = [...new Set(products)].filter((name) => estate.products[name]?.private === true);
  return {
    capability: "secrets",
    name: namespace,
    cluster: plane,
    serviceAccount: { namespace, name: secretReader },
    folders: [secretFolder(tenant.name, environment.name), ...hidden.map(productFolder)],
  };
}

/** What a request is made of on the hub for the whole environment. */
function shared(home: TenantHome, request: DeliveryRequest, clusters: readonly string[]): KubernetesObject[] {
  switch (request.want) {
    case "credential":
      return [gitCredential(home)];
    case "repository":
      return [repositorySource(home), ...repositoryAids(home, request.secretValues)];
    case "product":
      return productSource(home, request.application);
    case "image-updates": {
      const objects = imageUpdateObjects(home, request.applications);
      return objects.length === 0 ? [] : [...pullSecrets(home), ...objects];
    }
    case "alert":
      return alertObjects(home, request.alert, clusters);
    case "vcluster":
      throw new RangeError(`Flux as a hub was asked for "${request.want}" by ${home.namespace}`);
  }
}

/** The same of all homes of one environment, each object once: which of them wants it makes no difference to it. */
export function sharedObjects(homes: HomesOfEnvironment): KubernetesObject[] {
  const clusters = homes.map(({ home }) => home.cluster.name);
  const found = new Map<string, KubernetesObject>();
  for (const { home, requests } of homes)
    for (const request of requests)
      for (const object of shared(home, request, clusters)) {
        const address = `${object.apiVersion} ${objectAddress(object)}`;
        if (!found.has(address)) found.set(address, object);
      }
  return [...found.values()];
}

/** What brings something to one home. */
export function hubDeliveries({ home, requests }: WantingHome): KubernetesObject[] {
  const target = targetOnCluster(home);
  return requests.flatMap((request) => {
    if (request.want === "repository") return [repositoryDelivery(home, request.secretValues, target)];
    return request.want === "product" ? [productDelivery(home, request.application, target)] : [];
  });
}
