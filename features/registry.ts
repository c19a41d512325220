import { externalSecret } from "../model/external-secret";
import { deliverySecret, registryProject } from "../model/names";
import { hasCredentials, peopleReach } from "../model/people";
import { imagePull } from "../model/platform";
import { defineFeature } from "./feature";

/** A tenant's images: one project in the registry, a credential for its pipelines and one for each environment that pulls. */
export const registry = defineFeature({
  key: "registry",
  summary: "Images: a project in the registry, with credentials that expire",
  objects: (home) => [
    externalSecret(home, {
      name: imagePull,
      from: deliverySecret,
      keys: { ".dockerconfigjson": "dockerconfigjson" },
      type: "kubernetes.io/dockerconfigjson",
    }),
  ],
  tenantRequests: ({ estate, tenant, environments, registryGi }) => [
    {
      capability: "registry",
      tenant: tenant.name,
      name: registryProject(estate.name, tenant.name),
      sizeGi: registryGi,
      groups: (["owners", "developers", "operations"] as const).map((role) => ({ group: tenant.groups[role], role })),
      environments: environments.map(({ name }) => name),
      people: peopleReach(tenant),
      credentials: hasCredentials(tenant),
    },
  ],
});
