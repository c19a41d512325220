import type { DeliveryAlert, ProductApplication } from "../../model/gitops";
import type { TenantScope } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { label, platformLabels } from "../../model/labels";
import { argocdNamespace, productSuffix } from "./names";
import { subscriptions } from "./notifications";
import { argoproj } from "./project";

/** On a cluster's Secret: the repository of what the tenant writes for that place itself. */
export const repositoryAnnotation = "estate.dev/repository";
export const clusterSecretType = { "argocd.argoproj.io/secret-type": "cluster" } as const;
/** On the Secrets of places that the tenant's repositories go to: the platform has others of the same tenant. */
export const deliveredLabel = { "estate.dev/delivered": "true" } as const;

interface Source {
  readonly repoURL: string;
  readonly targetRevision: string;
  readonly path: string;
}

/**
 * One Application for each place of the tenant. The labels that it selects by, and the project that it reads, stand on Secrets
 * that only the platform writes; a key that is not there stops it (missingkey=error).
 */
function applicationSet(
  { tenant }: TenantScope,
  name: string,
  suffix: string,
  source: Source,
  alerts: readonly DeliveryAlert[],
): KubernetesObject {
  const annotations = subscriptions(alerts);
  const own = { [label.tenant]: tenant.name };
  const automated: Json = { prune: true, selfHeal: true };
  return {
    apiVersion: argoproj,
    kind: "ApplicationSet",
    metadata: { name, namespace: argocdNamespace, labels: { ...platformLabels, ...own } },
    spec: {
      goTemplate: true,
      goTemplateOptions: ["missingkey=error"],
      generators: [{ clusters: { selector: { matchLabels: { ...clusterSecretType, ...deliveredLabel, ...own } } } }],
      template: {
        metadata: {
          name: `{{ .name }}${suffix}`,
          labels: {
            ...platformLabels,
            ...own,
            [label.environment]: `{{ index .metadata.labels "${label.environment}" }}`,
          },
          ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
        },
        spec: {
          project: "{{ .project }}",
          source: { ...source },
          destination: { name: "{{ .name }}", namespace: "{{ .project }}" },
          revisionHistoryLimit: 5,
          syncPolicy: {
            // A tenant that is not active is brought nothing by itself, beside the window that forbids it by hand.
            ...(tenant.state === "active" ? { automated } : {}),
            syncOptions: [
              "CreateNamespace=false",
              "ServerSideApply=true",
              "PruneLast=true",
              "FailOnSharedResource=true",
            ],
            retry: { limit: 5, backoff: { duration: "30s", factor: 2, maxDuration: "5m" } },
          },
        },
      },
      syncPolicy: { applicationsSync: "sync", preserveResourcesOnDeletion: true },
    },
  };
}

/** What the tenant writes itself, for all of its places. */
export function operationsSet(tenant: TenantScope, alerts: readonly DeliveryAlert[]): KubernetesObject {
  const repoURL = `{{ index .metadata.annotations "${repositoryAnnotation}" }}`;
  return applicationSet(tenant, tenant.tenant.name, "", { repoURL, targetRevision: "main", path: "." }, alerts);
}

/** A product's own manifests, of the channel's newest version. */
export function productSet(
  tenant: TenantScope,
  application: ProductApplication,
  alerts: readonly DeliveryAlert[],
): KubernetesObject {
  const product = tenant.estate.products[application.product];
  const targetRevision = product?.channels[application.channel];
  if (product === undefined || targetRevision === undefined)
    throw new RangeError(`product ${application.product} has no channel ${application.channel}`);
  const suffix = productSuffix(application.name);
  const source = { repoURL: product.repository, targetRevision, path: product.path };
  return applicationSet(tenant, `${tenant.tenant.name}${suffix}`, suffix, source, alerts);
}
