import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { operateInside, peopleGroups, peopleRoles, rolesInside } from "../../model/people";
import { reconciler } from "../../model/platform";

const rbac = "rbac.authorization.k8s.io";

/**
 * The role's name is part of the binding's: a binding cannot change its role, and what this list no longer holds the
 * virtual cluster deletes.
 */
function clusterBinding(name: string, role: string, subject: Json): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: `estate-${name}-${role}` },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [subject],
  };
}

/**
 * Operating without any `patch`: inside there is no guardrail that could narrow one to a restart. A pod is restarted by
 * deleting it, and delivery is suspended on the host.
 */
const operate: KubernetesObject = {
  apiVersion: `${rbac}/v1`,
  kind: "ClusterRole",
  metadata: { name: operateInside },
  rules: [
    { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
    { apiGroups: [""], resources: ["pods/attach", "pods/exec", "pods/portforward"], verbs: ["create", "get"] },
    { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: ["get", "patch", "update"] },
  ],
};

/** The bindings of the tenant's people inside. Retired, they have none. */
function people(home: TenantHome): KubernetesObject[] {
  const roles = peopleRoles(home.tenant, home.environment);
  if (roles === undefined) return [];
  return peopleGroups.flatMap((group) =>
    rolesInside[roles[group]].map((role) =>
      clusterBinding(group, role, {
        apiGroup: rbac,
        kind: "Group",
        name: `${home.estate.groupsPrefix}${home.tenant.groups[group]}`,
      }),
    ),
  );
}

/** The identity inside that the GitOps engine acts as, by the same name as outside. Like outside, it is bound only while active. */
function delivery(home: TenantHome): KubernetesObject[] {
  const { namespace } = home;
  const subject = { kind: "ServiceAccount", name: reconciler, namespace };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: reconciler, namespace } },
    ...(home.tenant.state === "active" ? [clusterBinding(reconciler, "cluster-admin", subject)] : []),
  ];
}

/** What a virtual cluster holds from its start. */
export function seedObjects(home: TenantHome): KubernetesObject[] {
  return [...delivery(home), operate, ...people(home)];
}
