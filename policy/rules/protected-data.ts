import type { StackValidationPolicy } from "@pulumi/policy";
import { dataOf } from "../data-kinds";
import { known } from "../read";

/** The root component, which says as an output whether the estate is a protected one. */
const estateType = "estate:index:Estate";

/**
 * The plan says that data are to be protected, and not which resources then are: a component or an adopter's feature may have
 * forgotten one, and a transformation may have taken the mark off.
 */
export const protectedData: StackValidationPolicy = {
  name: "protected-data",
  description: "With estate:protect, everything whose loss is a loss of data is protected from deletion",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    if (!resources.some(({ type, props }) => type === estateType && known(props, "protect") === true)) return;
    for (const { type, props, urn, name, opts } of resources) {
      const data = dataOf({ type, props });
      if (data === undefined || opts.protect) continue;
      report(`${name} is not protected, and with it goes ${data}: give it the option protect`, urn);
    }
  },
};
