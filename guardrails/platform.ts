/**
 * Who guardrails do not hold: asked of the API server's own authorizer, so that no list of groups can be out of date.
 * Whoever may bind anybody to any role in the whole cluster is the platform already.
 */
export const notPlatform =
  '!authorizer.group("rbac.authorization.k8s.io").resource("clusterrolebindings").check("create").allowed()';

/** Controllers of Kubernetes that clean up after a namespace or an owner, by their exact names. */
const cleaners = [
  "system:kube-controller-manager",
  "system:serviceaccount:kube-system:generic-garbage-collector",
  "system:serviceaccount:kube-system:namespace-controller",
] as const;

/** They remove what belongs to an object that is gone. */
export const notCleaner = `!(request.userInfo.username in [${cleaners.map((name) => `"${name}"`).join(", ")}])`;

/** Controllers of the platform: no tenant can make a ServiceAccount in these namespaces. */
export function notControllerOf(namespaces: readonly string[]): string {
  return namespaces
    .map((namespace) => `!request.userInfo.username.startsWith("system:serviceaccount:${namespace}:")`)
    .join(" && ");
}
