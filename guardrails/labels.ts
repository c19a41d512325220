import { labelDomain } from "../model/labels";
import type { Guardrail } from "./guardrail";
import { isOneOf, notPlatform, secretsController } from "./platform";
import { policy } from "./policy";

/** Every mark of Estate's on the one object is on the other, with the same value. */
function within(marks: string, one: string, other: string): string {
  const of = (object: string): string => `${object}.?metadata.?${marks}.orValue({})`;
  return `${of(one)}.all(key, !key.startsWith("${labelDomain}/") || (key in ${of(other)} && ${of(one)}[key] == ${of(other)}[key]))`;
}

const none = (marks: string): string =>
  `object.?metadata.?${marks}.orValue({}).all(key, !key.startsWith("${labelDomain}/"))`;

const unchanged = (marks: string): string =>
  `${within(marks, "object", "oldObject")} && ${within(marks, "oldObject", "object")}`;

/** By its labels the platform finds what is its own, and guardrails what they protect. */
export const labels: Guardrail = {
  name: "labels",
  summary: "Labels and annotations of Estate's own are written by the platform alone",
  always: "what is marked as the platform's today is taken for the platform's tomorrow",
  objects: policy({
    name: "labels",
    // By way of a subresource, too: most take the metadata along.
    rules: [{ groups: ["*"], resources: ["*/*"] }],
    when: {
      "not-the-platform": notPlatform,
      // It copies those of the platform's external secrets onto the Secrets that come of them.
      "not-the-secrets-controller": `!(${isOneOf([secretsController])})`,
    },
    demands: [
      {
        expression: `request.operation == "UPDATE" ? (${unchanged("labels")} && ${unchanged("annotations")}) : (${none("labels")} && ${none("annotations")})`,
        message: `labels and annotations of ${labelDomain} are the platform's`,
      },
    ],
  }),
};
