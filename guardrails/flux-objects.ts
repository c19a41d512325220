import type { EstateFacts } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";
import { label } from "../model/labels";
import { imageFolder, registryHost } from "../model/names";
import type { Guardrail } from "./guardrail";
import { newSpec, notOfThePlatform, notPlatform } from "./platform";
import { policy, text, type Demand } from "./policy";

/** A reference that stays at home: what names no namespace means the object's own. */
const atHome = (path: string): string => `object.spec.${path}.orValue(request.namespace) == request.namespace`;

/** The same of each entry of a list. */
const allAtHome = (list: string): string =>
  `object.spec.?${list}.orValue([]).all(entry, entry.?namespace.orValue(request.namespace) == request.namespace)`;

const refersHome = (what: string, expression: string): Demand => ({
  expression,
  message: `${what} may name no namespace but its own`,
});

/** What Flux does for a tenant, it does with the tenant's rights, on the tenant's cluster and in the tenant's namespace. */
const asTheTenant: readonly Demand[] = [
  {
    expression: '!(object.spec.?serviceAccountName.orValue("") in ["", "default"])',
    message: "delivery names the ServiceAccount it acts as, and not default: set spec.serviceAccountName",
  },
  {
    expression: "!has(object.spec.kubeConfig)",
    message: "delivery to another cluster is the platform's: no kubeConfig",
  },
  refersHome("targetNamespace", atHome("?targetNamespace")),
  refersHome("dependsOn", allAtHome("dependsOn")),
];

/** The platform's own delivery may reach further, into a virtual cluster; operations suspends it all the same. */
const delivery = { "not-of-the-platform": notOfThePlatform };

/** One kind of Flux, and what is demanded of it. */
function held(
  resource: string,
  group: string,
  demands: readonly Demand[],
  exempt: Readonly<Record<string, string>> = {},
): KubernetesObject[] {
  return policy({
    name: `flux-${resource}`,
    rules: [{ groups: [`${group}.toolkit.fluxcd.io`], resources: [resource] }],
    when: { "not-the-platform": notPlatform, ...exempt, "new-spec": newSpec },
    demands,
  });
}

/**
 * Flux opens ECR by the role that its controller has, which is the same for all tenants: what a tenant asks it for by that
 * role is the tenant's own.
 */
function byRole({ name, registry }: EstateFacts): KubernetesObject[] {
  if (registry.kind !== "ecr") return [];
  const folders = `${registryHost(registry.url)}/${imageFolder(registry.kind, name, "")}`;
  const own = (scheme: string): string =>
    `${text(`${scheme}${folders}`)} + namespaceObject.metadata.labels[${text(label.tenant)}] + "/"`;
  const demand = (field: string, scheme: string): Demand => ({
    expression: `object.spec.?provider.orValue("generic") == "generic" || (object.spec.${field}.startsWith(${own(scheme)}) && !object.spec.${field}.contains("/."))`,
    message: `with a provider, ${field} is of the tenant's own images: ${scheme}${folders}<tenant>/`,
  });
  const sources = "source";
  return [
    ...held("imagerepositories", "image", [demand("image", "")]),
    ...held("ocirepositories", sources, [demand("url", "oci://")]),
    ...held("helmrepositories", sources, [demand("url", "oci://")]),
    ...held("buckets", sources, [
      {
        expression: 'object.spec.?provider.orValue("generic") == "generic"',
        message: "a bucket is opened by a Secret of the tenant's own: no provider",
      },
    ]),
  ];
}

/** Flux's own objects never reach beyond the home that they stand in. */
export const fluxObjects = (estate: EstateFacts): Guardrail => ({
  name: "flux-objects",
  summary: "A tenant's Flux objects act as its own ServiceAccount, on its own cluster and namespace",
  objects: [
    ...held(
      "kustomizations",
      "kustomize",
      [
        ...asTheTenant,
        refersHome("sourceRef", atHome("sourceRef.?namespace")),
        {
          // What is cluster-wide has an empty namespace here.
          expression:
            'object.spec.?healthChecks.orValue([]).all(check, check.?namespace.orValue("") in ["", request.namespace])',
          message: "healthChecks may name no namespace but its own",
        },
      ],
      delivery,
    ),
    ...held("helmreleases", "helm", [
      ...asTheTenant,
      refersHome("storageNamespace", atHome("?storageNamespace")),
      refersHome("chart.spec.sourceRef", atHome("?chart.?spec.?sourceRef.?namespace")),
      refersHome("chartRef", atHome("?chartRef.?namespace")),
      {
        expression: "!object.spec.?install.?createNamespace.orValue(false)",
        message: "namespaces are the platform's: no install.createNamespace",
      },
    ]),
    ...held("alerts", "notification", [refersHome("eventSources", allAtHome("eventSources"))]),
    ...held("receivers", "notification", [refersHome("resources", allAtHome("resources"))]),
    ...held("imagepolicies", "image", [refersHome("imageRepositoryRef", atHome("imageRepositoryRef.?namespace"))]),
    ...held("imageupdateautomations", "image", [refersHome("sourceRef", atHome("sourceRef.?namespace"))]),
    ...byRole(estate),
  ],
});
