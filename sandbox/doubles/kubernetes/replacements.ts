import { annotation, at, textAt } from "./fields";
import type { BareMap } from "../framework/value";
import { groupOf } from "./token";

/** A place inside an object; `*` is any item of a list. */
export type Pattern = readonly string[];

const SELECTOR = ["spec.selector"];
const POD = [
  ..."affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks".split(" "),
  ..."hostAliases hostIPC hostNetwork hostPID hostname imagePullSecrets nodeName nodeSelector overhead".split(" "),
  ..."preemptionPolicy priority priorityClassName readinessGates restartPolicy runtimeClassName".split(" "),
  ..."schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace subdomain".split(" "),
  ..."terminationGracePeriodSeconds volumes".split(" "),
].map((field) => `spec.${field}`);
const CONTAINER = [
  ..."args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources".split(" "),
  ..."securityContext stdin stdinOnce terminationMessagePath terminationMessagePolicy tty".split(" "),
  ..."volumeDevices volumeMounts workingDir".split(" "),
].flatMap((field) => [`spec.containers.*.${field}`, `spec.initContainers.*.${field}`]);
const VOLUME = [
  ..."awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk".split(" "),
  ..."glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO".split(" "),
  ..."storageos vsphereVolume".split(" "),
].map((source) => `spec.${source}`);

/** `group/Kind` to the places whose change replaces the object. What is not here is changed in place, custom resources too. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  "apps/Deployment": SELECTOR,
  "apps/DaemonSet": SELECTOR,
  "apps/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "/Pod": [...POD, ...CONTAINER],
  "/Service": ["spec.clusterIP"],
  "/PersistentVolume": VOLUME,
  "/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "/ResourceQuota": ["spec.scopes"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
};

/** The provider's two settings that bear on replacements. */
export interface Mutability {
  readonly configMapMutable: boolean;
  readonly secretMutable: boolean;
}

/** The places of an object whose change replaces it. */
export function replacingPaths(object: BareMap, old: BareMap, mutability: Mutability): readonly Pattern[] {
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const key = `${groupOf(apiVersion)}/${textAt(object, "kind") ?? ""}`;
  const own = key === "/ConfigMap" || key === "/Secret" ? dataPaths(key, object, old, mutability) : (TABLE[key] ?? []);
  const policy = apiVersion === "policy/v1beta1" && key === "policy/PodDisruptionBudget" ? ["spec"] : [];
  return ["metadata.name", "metadata.namespace", ...own, ...policy].map((path) => path.split("."));
}

function dataPaths(key: string, object: BareMap, old: BareMap, mutability: Mutability): readonly string[] {
  const immutable = at(old, "immutable") === true || at(object, "immutable") === true;
  if (key === "/ConfigMap") return mutability.configMapMutable && !immutable ? [] : ["binaryData", "data"];
  return mutability.secretMutable && !immutable ? ["type"] : ["type", "stringData", "data"];
}

/** Whether the object asks to be replaced while it is not ready (only Jobs can). */
export function replaceUnready(object: BareMap): boolean {
  return annotation(object, "pulumi.com/replaceUnready") === "true";
}
