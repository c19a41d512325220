import { fluxComponents } from "../model/controllers";
import { label } from "../model/labels";
import { fluxNamespace } from "../model/platform";
import { texts } from "./policy";

/** A ServiceAccount as it signs requests. */
export const account = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

/** Flux's controllers by their exact names. */
export const fluxControllers = fluxComponents.map((name) => account(fluxNamespace, name));

/** Whether the request is made by one of these, by exact name. */
export const isOneOf = (names: readonly string[]): string => `request.userInfo.username in ${texts(names)}`;

/**
 * Who guardrails do not hold: asked of the API server's own authorizer, so that no list of groups can be out of date.
 * Whoever may bind anybody to any role in the whole cluster is the platform already. Two of Flux's controllers may do so,
 * to act as others: what one writes as itself into a home is a tenant's wish that lost its name on the way.
 */
export const notPlatform = `!authorizer.group("rbac.authorization.k8s.io").resource("clusterrolebindings").check("create").allowed() || ${isOneOf(fluxControllers)}`;

/** Controllers of Kubernetes that clean up after a namespace or an owner, by their exact names. */
const cleaners = [
  "system:kube-controller-manager",
  account("kube-system", "generic-garbage-collector"),
  account("kube-system", "namespace-controller"),
] as const;

/** They remove what belongs to an object that is gone. */
export const notCleaner = `!(${isOneOf(cleaners)})`;

/** Controllers of the platform: no tenant can make a ServiceAccount in these namespaces. */
export function notControllerOf(namespaces: readonly string[]): string {
  return namespaces
    .map((namespace) => `!request.userInfo.username.startsWith("system:serviceaccount:${namespace}:")`)
    .join(" && ");
}

/** What the platform wrote and somebody changes is judged by the guardrail `managed`, which looks at the old object. */
export const notOfThePlatform = `request.operation != "UPDATE" || !("${label.managed}" in oldObject.metadata.?labels.orValue({}))`;

/** A change that says nothing new: controllers put finalizers and annotations on objects that are older than the rule. */
export const newSpec = 'request.operation != "UPDATE" || object.spec != oldObject.spec';
