import type { KubernetesObject } from "../model/kubernetes";
import type { Guardrail } from "./guardrail";
import { newSpec, notOfThePlatform, notPlatform } from "./platform";
import { policy, type Demand } from "./policy";

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

/** Flux's own objects never reach beyond the home that they stand in. */
export const fluxObjects: Guardrail = {
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
  ],
};
