import type { Guardrail } from "./guardrail";
import { isOneOf, kubeController, newSpec, notPlatform } from "./platform";
import { policy } from "./policy";

const updating = 'request.operation == "UPDATE"';

/** A volume is made for the claim: none that is there, with what its last owner left on it. */
export const volumes: Guardrail = {
  name: "volumes",
  summary: "Claims take no volume that is there already, and no data of another namespace",
  objects: policy({
    name: "volumes",
    rules: [{ groups: [""], resources: ["persistentvolumeclaims"] }],
    when: {
      "not-the-platform": notPlatform,
      "not-the-binder": `!(${isOneOf(kubeController("persistent-volume-binder"))})`,
      "new-spec": newSpec,
    },
    demands: [
      {
        expression: `object.spec.?volumeName.orValue("") == (${updating} ? oldObject.spec.?volumeName.orValue("") : "")`,
        message: "a claim may not choose a volume: no volumeName",
      },
      {
        expression: `${updating} || !has(object.spec.selector)`,
        message: "a claim may not choose a volume: no selector",
      },
      {
        expression: `${updating} || object.spec.?storageClassName.orValue("default") != ""`,
        message: "a claim may not choose a volume: a storageClassName, or none for the default",
      },
      {
        expression: "object.spec.?dataSourceRef.?namespace.orValue(request.namespace) == request.namespace",
        message: "a claim may not take the data of another namespace: no dataSourceRef.namespace",
      },
    ],
  }),
};
