import type { KubernetesObject } from "../model/kubernetes";
import type { Guardrail } from "./guardrail";
import { policy } from "./policy";

/**
 * RBAC knows verbs, not fields: `kubectl rollout restart`, `flux suspend` and `flux resume` are a `patch`, and so is any
 * edit. The role of operations has `patch` without `update`; who has only that may touch only what operating means.
 * Asking the authorizer for `update` needs no list of groups, and holds for every identity that is bound to the role.
 */
const mayPatchOnly =
  '!authorizer.group(request.resource.group).resource(request.resource.resource).namespace(request.namespace).check("update").allowed()';

/** The two maps agree on every key but `allowed`. Key by key, because CEL cannot take a key out of a map. */
function sameBut(path: string, allowed: readonly string[]): string {
  const list = `[${allowed.map((key) => `"${key}"`).join(", ")}]`;
  const within = (one: string, other: string) =>
    `${one}${path}.all(k, k in ${list} || (k in ${other}${path} && ${one}${path}[k] == ${other}${path}[k]))`;
  return `${within("object", "oldObject")} && ${within("oldObject", "object")}`;
}

const same = (path: string): string => `object.${path} == oldObject.${path}`;

const untouchedMetadata = [same("metadata.?labels"), same("metadata.?finalizers"), same("metadata.?ownerReferences")];

/** One kind that operations may patch, and what of it. */
interface Operable {
  readonly resource: string;
  readonly group: string;
  readonly version: string;
  readonly expressions: readonly string[];
  readonly message: string;
}

/** The fields of a workload's spec besides the pod template; what a kind lacks is absent on both sides. */
function workload(resource: string, fields: readonly string[], annotations: readonly string[] = []): Operable {
  return {
    resource,
    group: "apps",
    version: "v1",
    expressions: [
      ...fields.map((field) => same(`spec.?${field}`)),
      same("spec.template.spec"),
      same("spec.template.metadata.?labels"),
      sameBut(".spec.template.metadata.?annotations.orValue({})", ["kubectl.kubernetes.io/restartedAt"]),
      sameBut(".metadata.?annotations.orValue({})", annotations),
      ...untouchedMetadata,
    ],
    message: "operations may restart a workload and change nothing else of it: change it in Git",
  };
}

function fluxObject(resource: string, group: string, version: string): Operable {
  return {
    resource,
    group,
    version,
    expressions: [
      sameBut(".spec", ["suspend"]),
      sameBut(".metadata.?annotations.orValue({})", [
        "reconcile.fluxcd.io/requestedAt",
        "reconcile.fluxcd.io/forceAt",
        "reconcile.fluxcd.io/resetAt",
      ]),
      ...untouchedMetadata,
    ],
    message: "operations may suspend, resume and reconcile, and change nothing else: change it in Git",
  };
}

const stateful = [
  "replicas",
  "selector",
  "serviceName",
  "updateStrategy",
  "podManagementPolicy",
  "minReadySeconds",
  "revisionHistoryLimit",
  "volumeClaimTemplates",
  "persistentVolumeClaimRetentionPolicy",
  "ordinals",
];

const operables: readonly Operable[] = [
  workload("deployments", [
    "replicas",
    "selector",
    "strategy",
    "minReadySeconds",
    "revisionHistoryLimit",
    "progressDeadlineSeconds",
    "paused",
  ]),
  workload("statefulsets", stateful),
  // The API server counts a DaemonSet's templates in an annotation, and writes it into the request before it is judged.
  workload(
    "daemonsets",
    ["selector", "updateStrategy", "minReadySeconds", "revisionHistoryLimit"],
    ["deprecated.daemonset.template.generation"],
  ),
  fluxObject("kustomizations", "kustomize.toolkit.fluxcd.io", "v1"),
  fluxObject("helmreleases", "helm.toolkit.fluxcd.io", "v2"),
];

const held = ({ resource, group, version, expressions, message }: Operable): KubernetesObject[] =>
  policy({
    name: `operate-only-${resource}`,
    rules: [{ groups: [group], resources: [resource], versions: [version], operations: ["UPDATE"] }],
    when: { "may-patch-only": mayPatchOnly },
    demands: [{ expression: expressions.join(" && "), message }],
  });

/** Operations may restart, suspend and resume, and edit nothing that Git owns. */
export const operateOnly: Guardrail = {
  name: "operate-only",
  summary: "Who may patch but not update a workload or a Flux object may only restart, suspend and resume it",
  always: "the role of operations rests on it: RBAC alone lets them edit what Git owns",
  objects: operables.flatMap(held),
};
