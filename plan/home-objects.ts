import { countedAnyway, type ContainerLimits, type Quota } from "../model/profile";
import type { TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { annotation, label, labelValue } from "../model/labels";
import { podSecurityVersion } from "../model/versions";

/** Pod Security `restricted` at a pinned version, on a namespace. */
export const podSecurityLabels: Readonly<Record<string, string>> = Object.fromEntries(
  ["enforce", "warn", "audit"].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, "restricted"],
    [`pod-security.kubernetes.io/${mode}-version`, podSecurityVersion],
  ]),
);

/** The Namespace of a home: Pod Security `restricted` at a pinned version, who it belongs to, and which hosts it has. */
export function namespaceObject(home: TenantHome, hosts: readonly string[]): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: home.namespace,
      labels: {
        ...home.labels,
        ...podSecurityLabels,
        [label.gate]: home.environment.gate,
        [label.isolation]: home.tenant.isolation,
        ...(home.pool === undefined ? {} : { [label.pool]: home.pool.name, [label.poolUse]: home.pool.use }),
        [label.owner]: labelValue(home.tenant.owner),
        ...(home.tenant.costCenter === undefined ? {} : { [label.costCenter]: labelValue(home.tenant.costCenter) }),
      },
      annotations: {
        [annotation.displayName]: home.tenant.displayName,
        [annotation.owner]: home.tenant.owner,
        ...(hosts.length === 0 ? {} : { [annotation.hosts]: [...new Set(hosts)].sort().join(",") }),
        // With delivery `direct` the value is taken from the ready engine, which has this name.
        [annotation.gitops]: home.estate.gitops.instance,
      },
    },
  };
}

const sorted = (quota: Quota): Record<string, string> =>
  Object.fromEntries(Object.entries(quota).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The ResourceQuota of a home. A tenant that is not active keeps its data and starts nothing. */
function quotaObject(home: TenantHome): KubernetesObject {
  const counted = { ...countedAnyway, ...home.quota };
  const hard = home.tenant.state === "active" ? counted : { ...counted, pods: "0" };
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "tenant", namespace: home.namespace, labels: home.labels },
    spec: { hard: sorted(hard) },
  };
}

/** The LimitRange of a home: a quota on limits refuses pods that name none, so everybody gets some. */
function limitsObject(home: TenantHome, limits: ContainerLimits): KubernetesObject {
  const container: Json = {
    type: "Container",
    default: { ...limits.default },
    defaultRequest: { ...limits.defaultRequest },
    max: { ...limits.max },
  };
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "tenant", namespace: home.namespace, labels: home.labels },
    spec: { limits: [container] },
  };
}

/** What limits a home. */
export function limitObjects(home: TenantHome, limits: ContainerLimits): KubernetesObject[] {
  return [quotaObject(home), limitsObject(home, limits)];
}
