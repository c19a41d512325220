import type { Guardrail } from "./guardrail";
import { mayEverywhere, newSpec, notPlatform } from "./platform";
import { policy } from "./policy";

/** Whether the home's quota has some of it. */
const allotted = (resource: string): string => `params.spec.?hard.orValue({})[?"${resource}"].orValue("0") != "0"`;
const isType = (type: string): string => `object.spec.?type.orValue("ClusterIP") == "${type}"`;

/** A Service leads to the tenant's own pods, and is reached from outside of the cluster only as allotted. */
export const services: Guardrail = {
  name: "services",
  summary: "Services take no address of others, and are reached from outside only where the profile's quota allots it",
  objects: [
    ...policy({
      name: "services",
      rules: [{ groups: [""], resources: ["services"] }],
      when: { "not-the-platform": notPlatform, "new-spec": newSpec },
      params: { apiVersion: "v1", kind: "ResourceQuota", name: "tenant" },
      demands: [
        {
          expression: "size(object.spec.?externalIPs.orValue([])) == 0",
          message: "a Service may not take addresses: no externalIPs",
        },
        {
          expression: `!(${isType("ExternalName")})`,
          message: "a Service leads to the tenant's own pods: no ExternalName",
        },
        {
          expression: `!(${isType("NodePort")}) || ${allotted("services.nodeports")}`,
          message: "the tenant's profile allots no node ports (quota services.nodeports)",
        },
        {
          expression: `!(${isType("LoadBalancer")}) || ${allotted("services.loadbalancers")}`,
          message: "the tenant's profile allots no load balancers (quota services.loadbalancers)",
        },
      ],
    }),
    // Addresses written by hand are those of other tenants' pods: behind an ingress no network rule sees who asked.
    ...policy({
      name: "endpoints",
      rules: [
        { groups: [""], resources: ["endpoints"] },
        { groups: ["discovery.k8s.io"], resources: ["endpointslices"] },
      ],
      when: { "not-a-controller": `!${mayEverywhere("update")}` },
      demands: [
        {
          expression:
            'request.userInfo.username == "system:serviceaccount:" + request.namespace + ":vc-" + request.namespace',
          message: "where a Service leads to follows from its selector: no endpoints by hand",
        },
      ],
    }),
  ],
};
