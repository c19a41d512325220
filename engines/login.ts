import { z } from "zod";
import type { TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { engineRole, reconciler } from "../model/platform";

// What any engine on the control plane needs to reach a home on another cluster: no token is stored, and all that it may do
// there is to act as the home's reconciler.

const rbac = "rbac.authorization.k8s.io";

/** The audience of the token for one cluster: what one API server was shown, another does not take. */
export function tokenAudience(estate: string, cluster: string): string {
  return `${estate}-${cluster}`;
}

/** As a cluster that trusts the control plane's issuer knows one of its ServiceAccounts. */
export function issuedUser(prefix: string, namespace: string, account: string): Json {
  return { apiGroup: rbac, kind: "User", name: `${prefix}system:serviceaccount:${namespace}:${account}` };
}

/** Schema of what a cluster puts before such a name. */
export const usernamePrefix = (engine: string, prefix: string) =>
  z
    .string()
    .min(1)
    .regex(/^(?!system:)/, { error: "no name may begin as Kubernetes' own do" })
    .default(prefix)
    .describe(`What a cluster's API server puts before the name of ${engine}'s ServiceAccounts`);

/** What the engine may do in a home that binds it: act as the home's reconciler, and what it reads besides. */
export function engineRights(reads: readonly Json[], labels: Readonly<Record<string, string>>): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: engineRole, labels },
    rules: [
      ...reads,
      { apiGroups: [""], resources: ["serviceaccounts"], resourceNames: [reconciler], verbs: ["impersonate"] },
    ],
  };
}

/** That in one home, for those as whom the engine logs in. */
export function engineBinding(home: TenantHome, name: string, subjects: readonly Json[]): KubernetesObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata: { name, namespace: home.namespace, labels: home.labels },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: engineRole },
    subjects: [...subjects],
  };
}
