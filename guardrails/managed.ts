import { label } from "../model/labels";
import type { Guardrail } from "./guardrail";
import { fluxControllers, isOneOf, notCleaner, notPlatform, secretsController } from "./platform";
import { policy } from "./policy";

/**
 * The old object is asked, or an attacker would take the label off first. Who may only patch is operations: what they change
 * of a delivery is the guardrail operate-only's, which lets them suspend. It knows no other kinds of the platform's.
 */
const unmanaged = `!("${label.managed}" in oldObject.metadata.?labels.orValue({}))`;
const operates =
  'request.operation == "UPDATE" && request.resource.resource in ["helmreleases", "kustomizations"] && !authorizer.group(request.resource.group).resource(request.resource.resource).namespace(request.namespace).check("update").allowed()';

/** What the platform put into a home, nobody of the tenant changes or removes, whatever role they were given. */
export const managed: Guardrail = {
  name: "managed",
  summary: "Nobody but the platform changes or deletes what the platform put into a tenant's namespace",
  always: "what the platform put into a home is what all else there rests on",
  objects: policy({
    name: "managed",
    rules: [{ groups: ["*"], resources: ["*"], operations: ["UPDATE", "DELETE"] }],
    when: {
      managed: `!(${unmanaged})`,
      "not-the-platform": notPlatform,
      "not-a-cleaner": notCleaner,
      "not-its-controllers": `!(${isOneOf([...fluxControllers, secretsController])})`,
      "not-operations": `!(${operates})`,
    },
    demands: [
      { expression: "false", message: "this object is the platform's: change the tenant's file, and it follows" },
    ],
  }),
};
