import { label } from "../model/labels";
import type { Guardrail } from "./guardrail";
import { notCleaner, notPlatform } from "./platform";
import { policy } from "./policy";

const isHome = (object: string): string =>
  `(${object} != null && "${label.tenant}" in ${object}.metadata.?labels.orValue({}))`;
const same = (path: string): string => `object.${path} == oldObject.${path}`;

/**
 * The labels of a home's namespace say which Pod Security and which guardrails hold in it, and a RoleBinding covers the
 * namespace's own object. Its status and its finalizers are ways to the labels, too. No selector by labels: it looks at what
 * the object will be, and so not at one whose label is taken off.
 */
export const namespaces: Guardrail = {
  name: "namespaces",
  summary: "Nobody but the platform makes, removes or relabels a tenant's namespace",
  always: "without its label a namespace is out of reach of all guardrails, in any mode",
  objects: policy({
    name: "namespaces",
    where: "everywhere",
    rules: [
      {
        groups: [""],
        resources: ["namespaces", "namespaces/status", "namespaces/finalize"],
        operations: ["CREATE", "UPDATE", "DELETE"],
      },
    ],
    when: {
      "is-home": `${isHome("object")} || ${isHome("oldObject")}`,
      "not-the-platform": notPlatform,
      "not-a-cleaner": notCleaner,
    },
    demands: [
      {
        expression: 'request.operation == "UPDATE"',
        message: "tenants' namespaces are made and removed by the platform",
      },
      {
        expression: `request.operation != "UPDATE" || (${[
          same("metadata.?labels"),
          same("metadata.?annotations"),
          same("metadata.?finalizers"),
          same("metadata.?ownerReferences"),
          same("spec"),
        ].join(" && ")})`,
        message: "labels, annotations and finalizers of a tenant's namespace are the platform's",
      },
    ],
  }),
};
