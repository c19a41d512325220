import { label } from "../../model/labels";
import { text, texts } from "../policy";
import type { EngineRule } from "./rule";

/** A demand on each generator, and on those that a matrix or a merge combines. */
const each = (holds: (generator: string) => string): string => {
  const inside = ["matrix", "merge"].map(
    (combined) => `g.?${combined}.?generators.orValue([]).all(inner, ${holds("inner")})`,
  );
  return `object.spec.generators.all(g, ${[holds("g"), ...inside].join(" && ")})`;
};

/** The clusters that a generator finds are the only ones that applications may go to. */
const found = (parameter: string): string =>
  texts(["", ...["", "."].flatMap((dot) => [`{{${dot}${parameter}}}`, `{{ ${dot}${parameter} }}`])]);

const destination = (field: "server" | "name"): string =>
  `object.spec.template.spec.?destination.?${field}.orValue("") in ${found(field)}`;

const project = 'object.spec.template.spec.?project.orValue("")';

/**
 * An ApplicationSet acts with Argo CD's rights, and a cluster's labels say whose it is. There are many ways past a look at the
 * labels: an empty selector selects all, expressions select by what they leave out, a combined or a generator's own template, a
 * patch or a templated project replace what was looked at (threat 28). So a few forms are let through, and nothing else.
 */
export const clusterLabels: EngineRule = {
  name: "cluster-labels",
  summary: "A tenant's ApplicationSets select its own clusters only",
  kind: { group: "argoproj.io", version: "v1alpha1", kind: "ApplicationSet", resource: "applicationsets" },
  operations: ["CREATE", "UPDATE"],
  variables: {
    // Environments have no hyphen: a home's name is read from the right (model/names.ts).
    tenant: 'object.metadata.namespace.substring(0, object.metadata.namespace.lastIndexOf("-"))',
  },
  demands: [
    {
      expression: [
        'object.spec.generators.all(g, g.all(key, key in ["clusters", "matrix", "merge", "selector"])',
        ...["matrix", "merge"].map(
          (combined) =>
            `g.?${combined}.?generators.orValue([]).all(inner, inner.all(key, key in ["clusters", "selector"]))`,
        ),
      ]
        .join(" && ")
        .concat(")"),
      message: "applications are generated from clusters only, alone or combined once by a matrix or a merge",
    },
    {
      expression: each(
        (generator) =>
          `(!has(${generator}.clusters) || ${generator}.clusters.?selector.?matchLabels[?${text(label.tenant)}].orValue("") == variables.tenant)`,
      ),
      message: `each selection of clusters has its own tenant in selector.matchLabels, as ${label.tenant}`,
    },
    {
      expression: each((generator) =>
        ["clusters", "matrix", "merge"].map((kind) => `!${generator}.?${kind}.?template.hasValue()`).join(" && "),
      ),
      message: "a generator has no template of its own: it would replace the one that is judged",
    },
    {
      expression: "!has(object.spec.templatePatch)",
      message: "no templatePatch: it would change the template that is judged",
    },
    {
      // No list of both: one is typed, the other not, and CEL mixes no types in a list.
      expression: `(${project} == variables.tenant || ${project} == object.metadata.namespace)`,
      message: "the project is the tenant's or the home's, written out and not as a template",
    },
    {
      expression: `${destination("server")} && ${destination("name")}`,
      message: "the destination is the cluster that was selected: {{server}} or {{name}}",
    },
  ],
};
