import { isList, isMap, type Bare, type BareMap } from "../framework/value";
import { annotation, at, numberAt, textAt } from "./fields";
import { parseJsonPath, query } from "./json-path";
import { groupOf } from "./token";

/** How far an object is. `settling` is ready as soon as it stays as it is for a while; a wait that `passes` may time out. */
export type Readiness =
  | { readonly is: "ready" }
  | { readonly is: "waiting"; readonly why: string; readonly passes?: boolean }
  | { readonly is: "settling"; readonly why: string }
  | { readonly is: "failed"; readonly why: string };

/** Looks at the last state of an object. */
export type Rule = (live: BareMap) => Readiness;

const READY: Readiness = { is: "ready" };

function waiting(why: string): Readiness {
  return { is: "waiting", why };
}

/** The state of a condition of an object, if it has one. */
export function condition(live: BareMap, type: string): string | undefined {
  const conditions = at(live, "status", "conditions");
  if (!isList(conditions)) return undefined;
  return textAt(
    conditions.find((entry) => textAt(entry, "type") === type),
    "status",
  );
}

function observed(live: BareMap): boolean {
  return (numberAt(live, "status", "observedGeneration") ?? 0) >= (numberAt(live, "metadata", "generation") ?? 0);
}

const deployment: Rule = (live) => {
  if (!observed(live)) return waiting("the Deployment's newest generation was not observed yet");
  const wanted = numberAt(live, "spec", "replicas") ?? 1;
  const updated = numberAt(live, "status", "updatedReplicas") ?? 0;
  const available = numberAt(live, "status", "availableReplicas") ?? 0;
  if (wanted === 0 && (numberAt(live, "status", "replicas") ?? 0) === 0) return READY;
  if (updated < wanted || available < wanted)
    return waiting(`Waiting for app ReplicaSet be available (${available}/${wanted} Pods available)`);
  return condition(live, "Available") === "True" ? READY : waiting("the Deployment is not Available");
};

const statefulSet: Rule = (live) => {
  if (!observed(live)) return waiting("the StatefulSet's newest generation was not observed yet");
  const wanted = numberAt(live, "spec", "replicas") ?? 1;
  const ready = numberAt(live, "status", "readyReplicas") ?? 0;
  const current = numberAt(live, "status", "replicas") ?? 0;
  const sameRevision = textAt(live, "status", "currentRevision") === textAt(live, "status", "updateRevision");
  if (current === wanted && ready === wanted && sameRevision) return READY;
  return waiting(`Waiting for StatefulSet Pods to become Ready (${ready}/${wanted})`);
};

const daemonSet: Rule = (live) => {
  if (!observed(live)) return waiting("the DaemonSet's newest generation was not observed yet");
  const wanted = numberAt(live, "status", "desiredNumberScheduled") ?? 0;
  const ready = numberAt(live, "status", "numberReady") ?? 0;
  const updated = numberAt(live, "status", "updatedNumberScheduled") ?? 0;
  return ready >= wanted && updated >= wanted ? READY : waiting(`DaemonSet has ${ready} of ${wanted} Pods ready`);
};

const pod: Rule = (live) => {
  const phase = textAt(live, "status", "phase");
  if (phase === "Succeeded") return READY;
  const missing = ["PodScheduled", "Initialized", "Ready"].filter((type) => condition(live, type) !== "True");
  return missing.length === 0 ? READY : waiting(`Pod is not ${missing.join(", ")} (phase ${phase ?? "unknown"})`);
};

const job: Rule = (live) => {
  if (condition(live, "Failed") === "True") return { is: "failed", why: "Job has failed" };
  const started = textAt(live, "status", "startTime") !== undefined;
  return started && condition(live, "Complete") === "True" ? READY : waiting("Job has not completed");
};

const ingress: Rule = (live) => {
  const balancers = at(live, "status", "loadBalancer", "ingress");
  return isList(balancers) && balancers.length > 0
    ? READY
    : waiting("Ingress .status.loadBalancer field was not updated with a hostname/IP address");
};

const persistentVolume: Rule = (live) => {
  const phase = textAt(live, "status", "phase") ?? "Pending";
  return phase === "Available" || phase === "Bound" ? READY : waiting(`PersistentVolume is ${phase}`);
};

const persistentVolumeClaim: Rule = (live) => {
  const phase = textAt(live, "status", "phase") ?? "Pending";
  return phase === "Bound" ? READY : waiting(`PersistentVolumeClaim is ${phase}, not Bound`);
};

const replicationController: Rule = (live) => {
  const wanted = numberAt(live, "spec", "replicas") ?? 1;
  const available = numberAt(live, "status", "availableReplicas") ?? 0;
  return available >= wanted
    ? READY
    : waiting(`ReplicationController has ${available} of ${wanted} replicas available`);
};

const resourceQuota: Rule = (live) => {
  const wanted = at(live, "spec", "hard") ?? {};
  const known = at(live, "status", "hard") ?? {};
  const entries = isMap(wanted) ? Object.entries(wanted) : [];
  const missing = entries.filter(([key, value]) => at(known, key) !== value).map(([key]) => key);
  return missing.length === 0 ? READY : waiting(`ResourceQuota's status does not know ${missing.join(", ")} yet`);
};

const tokenSecret: Rule = (live) => {
  if (textAt(live, "type") !== "kubernetes.io/service-account-token") return READY;
  return textAt(live, "data", "token") === undefined ? waiting("Secret has no token yet") : READY;
};

/** Whether a Service's Endpoints count at all. */
export function needsEndpoints(live: BareMap): boolean {
  const selector = at(live, "spec", "selector");
  if (textAt(live, "spec", "type") === "ExternalName" || textAt(live, "spec", "clusterIP") === "None") return false;
  return isMap(selector) && Object.keys(selector).length > 0;
}

/** A Service together with its Endpoints object. */
export function serviceReadiness(live: BareMap, endpoints: BareMap | undefined): Readiness {
  const balancers = at(live, "status", "loadBalancer", "ingress");
  if (textAt(live, "spec", "type") === "LoadBalancer" && !(isList(balancers) && balancers.length > 0)) {
    return waiting("Service was not allocated an IP address");
  }
  if (!needsEndpoints(live)) return READY;
  // A cluster without an endpoints controller: the real plugin waits its whole time and then calls it a success.
  if (endpoints === undefined) return { is: "waiting", why: "Service has no Endpoints object", passes: true };
  const subsets = at(endpoints, "subsets");
  const unready = isList(subsets) && subsets.some((subset) => isList(at(subset, "notReadyAddresses")));
  if (unready) return waiting("Service does not target any ready Pods: some of its addresses are not ready");
  return { is: "settling", why: "Service's Endpoints are still settling" };
}

const RULES: Readonly<Record<string, Rule>> = {
  "apps/Deployment": deployment,
  "extensions/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "/Pod": pod,
  "batch/Job": job,
  "networking.k8s.io/Ingress": ingress,
  "extensions/Ingress": ingress,
  "/PersistentVolume": persistentVolume,
  "/PersistentVolumeClaim": persistentVolumeClaim,
  "/ReplicationController": replicationController,
  "/ResourceQuota": resourceQuota,
  "/Secret": tokenSecret,
};

/** The built-in wait of a kind; kinds without one are ready as soon as they exist. (Service: `serviceReadiness`.) */
export function ruleFor(object: BareMap): Rule | undefined {
  return RULES[`${groupOf(textAt(object, "apiVersion") ?? "")}/${textAt(object, "kind") ?? ""}`];
}

/** The wait an object asks for itself: `pulumi.com/waitFor`, one condition or a JSON array that must hold together. */
export function customRule(object: BareMap): Rule | undefined {
  const wanted = annotation(object, "pulumi.com/waitFor");
  if (wanted === undefined) return undefined;
  const rules = expressions(wanted).map(parseExpression);
  return (live) => rules.map((rule) => rule(live)).find((each) => each.is !== "ready") ?? READY;
}

function expressions(wanted: string): readonly string[] {
  if (!wanted.trimStart().startsWith("[")) return [wanted];
  const list: unknown = JSON.parse(wanted);
  if (Array.isArray(list) && list.length > 0 && list.every((entry) => typeof entry === "string")) return list;
  throw new Error(`pulumi.com/waitFor must be a string or a non-empty array of strings: ${wanted}`);
}

function parseExpression(text: string): Rule {
  if (text.startsWith("condition=")) {
    const [type = "", status = "true"] = text.slice("condition=".length).split("=");
    return (live) =>
      condition(live, type)?.toLowerCase() === status.toLowerCase()
        ? READY
        : waiting(`Waiting for condition ${type}=${status}`);
  }
  if (text.startsWith("jsonpath=")) {
    const [, path = "", , value] = /^(\{[^}]*\}|[^=]*)(=(.*))?$/.exec(text.slice("jsonpath=".length)) ?? [];
    const steps = parseJsonPath(path);
    const holds = (found: Bare): boolean =>
      value === undefined || (isScalar(found) && String(found) === unquoted(value));
    return (live) => (query(live, steps).some(holds) ? READY : waiting(`Waiting for ${text}`));
  }
  throw new Error(`expected a "jsonpath=" or "condition=" prefix, got ${JSON.stringify(text)}`);
}

function isScalar(value: Bare): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function unquoted(value: string): string {
  return /^(['"])(.*)\1$/.exec(value)?.[2] ?? value;
}
