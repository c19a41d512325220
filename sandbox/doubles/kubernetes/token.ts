/** What a resource's type token says about its objects. */
export interface ObjectType {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
}

/** Groups that the real plugin knows from its own schema; any other group holds custom resources. */
const BUILT_IN = new Set([
  "",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "extensions",
  "flowcontrol.apiserver.k8s.io",
  "internal.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "settings.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
]);

/** Built-in kinds without a namespace: needed when no API server can be asked. */
const CLUSTER_SCOPED = new Set([
  "APIService",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "ClusterTrustBundle",
  "CSIDriver",
  "CSINode",
  "CustomResourceDefinition",
  "DeviceClass",
  "FlowSchema",
  "IngressClass",
  "IPAddress",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "ResourceSlice",
  "RuntimeClass",
  "ServiceCIDR",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
  "VolumeAttributesClass",
]);

/** `kubernetes:core/v1:Namespace` and `kubernetes:<group>/<version>:<Kind>`; a version without a group is refused. */
export function parseToken(token: string): ObjectType {
  const [, module = "", kind = ""] = token.split(":");
  const [group, version, ...rest] = module.split("/");
  if (group === undefined || version === undefined || rest.length > 0 || kind === "") {
    throw new Error(`apiVersion does not have both a group and a version: ${JSON.stringify(module)}`);
  }
  if (group === "core") return { group: "", apiVersion: version, kind };
  return { group, apiVersion: `${group}/${version}`, kind };
}

/** Whether the kind is one of Kubernetes' own. */
export function isBuiltIn(group: string): boolean {
  return BUILT_IN.has(group);
}

/** The group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** What is assumed without an API server: built-in kinds are known, custom ones are taken for namespaced. */
export function assumedNamespaced(apiVersion: string, kind: string): boolean {
  return !(isBuiltIn(groupOf(apiVersion)) && CLUSTER_SCOPED.has(kind));
}

/** A list kind (ConfigMapList), which is no resource of its own. */
export function isListKind(type: ObjectType): boolean {
  return isBuiltIn(type.group) && type.kind.endsWith("List");
}

/** A Patch resource: its token has the object's kind with a suffix. */
export function isPatch(type: ObjectType, kind: string | undefined): boolean {
  if (!type.kind.endsWith("Patch")) return false;
  return kind === undefined ? isBuiltIn(type.group) : type.kind === `${kind}Patch`;
}
