import { label } from "../model/labels";
import { text, type Demand } from "./policy";

/** What is asked of every pod about the pools of nodes, besides what `pods` asks. */
export const poolVariables: Readonly<Record<string, string>> = {
  // What the namespace says; nothing where it has no nodes of its own.
  pool: marked(label.pool),
  // While its workloads move in or out, its pods may be elsewhere, too.
  optional: `${marked(label.poolUse)} == "optional"`,
  selected: selected("object"),
  tolerated: `object.spec.?tolerations.orValue([]).filter(t, ${isPoolToleration("t")})`,
  affine: affine("object"),
};

/** A label of the namespace. */
function marked(key: string): string {
  return `namespaceObject.metadata.?labels.orValue({})[?${text(key)}].orValue("")`;
}

/** The pool that a pod selects; nothing where it selects none. */
function selected(pod: string): string {
  return `${pod}.spec.?nodeSelector.orValue({})[?${text(label.pool)}].orValue("")`;
}

/** What a pod's affinity asks of pools, whether it demands it or would like it. */
function affine(pod: string): string {
  const nodes = `${pod}.spec.?affinity.?nodeAffinity`;
  const terms = `${nodes}.?requiredDuringSchedulingIgnoredDuringExecution.?nodeSelectorTerms.orValue([])`;
  const wishes = `${nodes}.?preferredDuringSchedulingIgnoredDuringExecution.orValue([])`;
  const ofPools = (term: string) => `${term}.?matchExpressions.orValue([]).filter(e, e.key == ${text(label.pool)})`;
  return `${terms}.map(t, ${ofPools("t")}) + ${wishes}.map(w, ${ofPools("w.preference")})`;
}

/** Whether a toleration is of pools, and of the namespace's own alone: `Exists` would bear them all. */
export function isPoolToleration(toleration: string): string {
  const is = (field: string, values: string) => `${toleration}.?${field}.orValue("") in ${values}`;
  return `(variables.pool != "" && ${is("key", `[${text(label.pool)}]`)} && ${is("operator", '["", "Equal"]')} && ${is("value", "[variables.pool]")})`;
}

const updating = 'request.operation == "UPDATE"';
const says = (what: string): string =>
  `${text(what)} + (variables.pool == "" ? "" : ${text(`: write nodeSelector: {${label.pool}: `)} + variables.pool + ${text(`} and tolerations: [{key: ${label.pool}, value: `)} + variables.pool + ", effect: NoSchedule}]")`;

const another = "nodes of another namespace's pool are not for this one";
const own = "pods of this namespace run on its own nodes";

/** A pod runs in the pool of its namespace and in no other. A pod that is older than the pool may be changed. */
export const poolDemands: readonly Demand[] = [
  {
    expression: `variables.selected in ["", variables.pool] || (${updating} && variables.selected == ${selected("oldObject")})`,
    message: another,
    says: says(another),
  },
  {
    expression: `variables.affine.all(term, term.all(e, e.operator == "In" && variables.pool != "" && e.?values.orValue([]) == [variables.pool])) || (${updating} && variables.affine == ${affine("oldObject")})`,
    message: another,
    says: says(another),
  },
  {
    expression: `${updating} || variables.pool == "" || variables.optional || (variables.selected == variables.pool && variables.tolerated.exists(t, t.?effect.orValue("") in ["", "NoSchedule"]))`,
    message: own,
    says: says(own),
  },
];
