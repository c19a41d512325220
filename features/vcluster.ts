import { z } from "zod";
import type { KubernetesObject } from "../model/kubernetes";
import { isQuantity } from "../model/quantity";
import { defineFeature } from "./feature";
import { virtualCluster } from "./vcluster/chart";
import { controlPlaneAccess } from "./vcluster/control-plane";
import { vclusterNetwork } from "./vcluster/network";
import { store } from "./vcluster/store";
import { vclusterValues } from "./vcluster/values";

const profile = z
  .strictObject({
    storage: z
      .string()
      .refine(isQuantity, { error: "not a quantity" })
      .default("5Gi")
      .describe("Volume of the virtual cluster's own data"),
    store,
  })
  .prefault({});

/**
 * A virtual cluster in the tenant's namespace, installed by the GitOps engine. What holds it (quota, limits, network,
 * the rights of its control plane) are objects of the platform in the namespace, and none of the chart's.
 */
export const vcluster = defineFeature({
  key: "vcluster",
  summary: "A virtual cluster inside the namespace, for tenants with isolation `vcluster`",
  profile,
  objects: (home, _spec, { store: chosen }): KubernetesObject[] =>
    home.tenant.isolation === "vcluster" ? [...vclusterNetwork(home, chosen), ...controlPlaneAccess(home)] : [],
  requests: (home, _spec, { storage, store: chosen }) =>
    home.tenant.isolation === "vcluster"
      ? [
          {
            capability: "delivery",
            want: "vcluster",
            release: virtualCluster(home, chosen, vclusterValues(home, storage, chosen)),
          },
        ]
      : [],
});
