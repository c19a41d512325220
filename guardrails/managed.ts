import { label, platformLabels } from "../model/labels";
import { externalSecretsNamespace, fluxNamespace } from "../model/platform";
import type { Guardrail } from "./guardrail";
import { notCleaner, notControllerOf, notPlatform } from "./platform";

const metadata = { name: "estate-managed", labels: platformLabels };

/**
 * The old object is asked, or an attacker would take the label off first. Who may only patch is operations: that is
 * the guardrail operate-only's, which lets them restart and suspend.
 */
const unmanaged = `!("${label.managed}" in oldObject.metadata.?labels.orValue({}))`;
const operates =
  'request.operation == "UPDATE" && !authorizer.group(request.resource.group).resource(request.resource.resource).namespace(request.namespace).check("update").allowed()';

/** What the platform put into a home, nobody of the tenant changes or removes, whatever role they were given. */
export const managed: Guardrail = {
  name: "managed",
  summary: "Nobody but the platform changes or deletes what the platform put into a tenant's namespace",
  objects: [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          matchPolicy: "Equivalent",
          namespaceSelector: { matchExpressions: [{ key: label.tenant, operator: "Exists" }] },
          resourceRules: [
            {
              apiGroups: ["*"],
              apiVersions: ["*"],
              operations: ["UPDATE", "DELETE"],
              resources: ["*"],
              scope: "Namespaced",
            },
          ],
        },
        matchConditions: [
          { name: "managed", expression: `!(${unmanaged})` },
          { name: "not-the-platform", expression: notPlatform },
          { name: "not-a-cleaner", expression: notCleaner },
          { name: "not-its-controllers", expression: notControllerOf([fluxNamespace, externalSecretsNamespace]) },
          { name: "not-operations", expression: `!(${operates})` },
        ],
        validations: [
          {
            expression: "false",
            message: "this object is the platform's: change the tenant's file, and it follows",
            reason: "Forbidden",
          },
        ],
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: { policyName: metadata.name, validationActions: ["Deny"] },
    },
  ],
};
