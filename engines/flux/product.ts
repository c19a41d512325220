import { externalSecret } from "../../model/external-secret";
import type { ProductApplication } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { reconciler } from "../../model/platform";
import { productFolder, productSecret } from "../../model/product";
import type { Target } from "./target";

const objectName = ({ name }: ProductApplication): string => `product-${name}`;

/** The product, and the versions of the application's channel. */
function productOf({ estate }: TenantHome, { product: name, channel }: ProductApplication) {
  const product = estate.products[name];
  const semver = product?.channels[channel];
  if (product === undefined || semver === undefined) throw new RangeError(`product ${name} has no channel ${channel}`);
  return { product, semver };
}

/** A product's own manifests, of the channel's newest version, and the login where they are private. */
export function productSource(home: TenantHome, application: ProductApplication): KubernetesObject[] {
  const { product, semver } = productOf(home, application);
  const metadata = { name: objectName(application), namespace: home.namespace, labels: home.labels };
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
  ];
}

/** Flux brings them as the tenant's reconciler. */
export function productDelivery(home: TenantHome, application: ProductApplication, target: Target): KubernetesObject {
  const name = objectName(application);
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: target.metadata(name),
    spec: {
      interval: "10m0s",
      retryInterval: "2m0s",
      timeout: "5m0s",
      path: productOf(home, application).product.path,
      prune: true,
      serviceAccountName: reconciler,
      sourceRef: { kind: "GitRepository", name },
      ...target.spec,
      // A product that names no values may have ${...} of its own in its manifests: Flux would make nothing of it.
      ...(application.substitute === undefined ? {} : { postBuild: { substitute: { ...application.substitute } } }),
      // As with the tenant's own repository.
      ...(home.tenant.state === "active" ? {} : { suspend: true }),
    },
  };
}
