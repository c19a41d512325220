import { pullSecrets } from "../model/external-secret";
import { imageFolder } from "../model/names";
import { hasCredentials, peopleReach } from "../model/people";
import { defineFeature } from "./feature";

/** A tenant's images: its part of the registry, and who pushes and pulls. */
export const registry = defineFeature({
  key: "registry",
  summary: "Images: a project in the registry, with credentials that expire",
  // From ECR nodes pull by their own role: there is no password to bring.
  objects: pullSecrets,
  tenantRequests: ({ estate, tenant, environments, registryGi, images }) => [
    {
      capability: "registry",
      tenant: tenant.name,
      name: imageFolder(estate.registry.kind, estate.name, tenant.name),
      images,
      clusters: [...new Set(environments.flatMap(({ clusters }) => clusters))].sort(),
      sizeGi: registryGi,
      groups: (["owners", "developers", "operations"] as const).map((role) => ({ group: tenant.groups[role], role })),
      environments: environments.map(({ name }) => name),
      people: peopleReach(tenant),
      credentials: hasCredentials(tenant),
    },
  ],
});
