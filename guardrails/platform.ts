import { fluxComponents } from "../model/controllers";
import { label } from "../model/labels";
import { externalSecretsNamespace, fluxNamespace } from "../model/platform";
import { secretsControllerName } from "../model/secrets-controller";
import { texts } from "./policy";

/** A ServiceAccount as it signs requests. */
export const account = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

/** Flux's controllers by their exact names. */
export const fluxControllers = fluxComponents.map((name) => account(fluxNamespace, name));

/** Whether the request is made by one of these, by exact name. */
export const isOneOf = (names: readonly string[]): string => `request.userInfo.username in ${texts(names)}`;

/** What ends an object that is deleted in the foreground: it takes off a finalizer, and changes nothing else. */
const garbageCollector = account("kube-system", "generic-garbage-collector");

/**
 * Who guardrails do not hold: asked of the API server's own authorizer, so that no list of groups can be out of date.
 * Whoever may bind anybody to any role in the whole cluster is the platform already. Two of Flux's controllers may do so,
 * to act as others: what one writes as itself into a home is a tenant's wish that lost its name on the way. The garbage collector
 * is no tenant's deputy, and an object whose finalizer it may not take off never goes.
 */
export const notPlatform = `(!authorizer.group("rbac.authorization.k8s.io").resource("clusterrolebindings").check("create").allowed() || ${isOneOf(fluxControllers)}) && !(request.operation == "UPDATE" && request.userInfo.username == "${garbageCollector}")`;

/** Controllers of Kubernetes that clean up after a namespace or an owner, by their exact names. */
const cleaners = ["system:kube-controller-manager", garbageCollector, account("kube-system", "namespace-controller")];

/** They remove what belongs to an object that is gone. */
export const notCleaner = `!(${isOneOf(cleaners)})`;

/** External Secrets' controller by its exact name. */
export const secretsController = account(externalSecretsNamespace, secretsControllerName(externalSecretsNamespace));

/** A controller of Kubernetes by its exact names: its own, and the one that all have where they share a login. */
export const kubeController = (name: string): readonly string[] => [
  account("kube-system", name),
  "system:kube-controller-manager",
];

/**
 * Whether somebody may do this in every namespace: a controller of the cluster, whatever its name. What a RoleBinding gives a
 * tenant ends at the namespace.
 */
export function mayEverywhere(verb: string, subresource?: string): string {
  const part = subresource === undefined ? "" : `.subresource("${subresource}")`;
  return `authorizer.group(request.resource.group).resource(request.resource.resource)${part}.check("${verb}").allowed()`;
}

/** What the platform wrote and somebody changes is judged by the guardrail `managed`, which looks at the old object. */
export const notOfThePlatform = `request.operation != "UPDATE" || !("${label.managed}" in oldObject.metadata.?labels.orValue({}))`;

/** A change that says nothing new: controllers put finalizers and annotations on objects that are older than the rule. */
export const newSpec = 'request.operation != "UPDATE" || object.spec != oldObject.spec';
