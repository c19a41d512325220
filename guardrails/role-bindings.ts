import { tenantRole } from "../model/platform";
import type { Guardrail } from "./guardrail";
import { notPlatform } from "./platform";
import { policy, texts } from "./policy";

/** Who may do what in a home is said in the tenant's file; a program of the tenant may have one of the same roles. */
export const roleBindings: Guardrail = {
  name: "role-bindings",
  summary: "Roles are bound to ServiceAccounts of the own namespace, and are Estate's own",
  objects: policy({
    name: "role-bindings",
    rules: [{ groups: ["rbac.authorization.k8s.io"], resources: ["rolebindings"] }],
    when: { "not-the-platform": notPlatform },
    demands: [
      {
        expression: `object.roleRef.kind == "ClusterRole" && object.roleRef.name in ${texts(Object.values(tenantRole))}`,
        message: `a RoleBinding names one of ${Object.values(tenantRole).join(", ")}`,
      },
      {
        expression:
          'object.?subjects.orValue([]).all(s, s.kind == "ServiceAccount" && s.?namespace.orValue("") == request.namespace)',
        message:
          "people have their roles by the tenant's file: a RoleBinding is for ServiceAccounts of its own namespace",
      },
    ],
  }),
};
