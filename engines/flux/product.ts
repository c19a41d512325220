import { externalSecret } from "../../model/external-secret";
import type { ProductApplication } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { reconciler } from "../../model/platform";
import { productFolder, productSecret } from "../../model/product";
import { deliveryTarget } from "./target";

/** Flux brings a product's own manifests, of the channel's newest version, as the tenant's reconciler. */
export function productObjects(home: TenantHome, application: ProductApplication): KubernetesObject[] {
  const product = home.estate.products[application.product];
  const semver = product?.channels[application.channel];
  if (product === undefined || semver === undefined)
    throw new RangeError(`product ${application.product} has no channel ${application.channel}`);
  const metadata = { name: `product-${application.name}`, namespace: home.namespace, labels: home.labels };
  return [
    ...(product.private
      ? [
          externalSecret(home, {
            name: metadata.name,
            folder: productFolder(application.product),
            from: productSecret,
            keys: { username: "username", password: "password" },
          }),
        ]
      : []),
    {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata,
      spec: {
        interval: "10m0s",
        timeout: "60s",
        url: product.repository,
        ref: { semver },
        ...(product.private ? { secretRef: { name: metadata.name } } : {}),
      },
    },
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata,
      spec: {
        interval: "10m0s",
        retryInterval: "2m0s",
        timeout: "5m0s",
        path: product.path,
        prune: true,
        serviceAccountName: reconciler,
        sourceRef: { kind: "GitRepository", name: metadata.name },
        ...deliveryTarget(home),
        // A product that names no values may have ${...} of its own in its manifests: Flux would make nothing of it.
        ...(application.substitute === undefined ? {} : { postBuild: { substitute: { ...application.substitute } } }),
        // As with the tenant's own repository.
        ...(home.tenant.state === "active" ? {} : { suspend: true }),
      },
    },
  ];
}
