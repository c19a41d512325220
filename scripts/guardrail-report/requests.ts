import { isRecord, type Manifest } from "@estate/clients";
import { randomBytes } from "node:crypto";

/** A request that somebody would make to have the object again. */
export interface Question {
  /** What is created: the object itself, or a pod or a claim of its template. */
  readonly object: Manifest;
  /** Whom the API server is to take for the one who asks. */
  readonly as: Asker;
}

/** An identity as the API server knows it. */
export interface Asker {
  readonly user: string;
  readonly groups: readonly string[];
}

const account = (namespace: string, name: string): Asker => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
});

/**
 * Flux's kustomize-controller as itself. It has every right, so that no role answers in place of a guardrail, and guardrails
 * hold it like a tenant: what it writes as itself is a tenant's wish that lost its name.
 */
export const anyone = account("flux-system", "kustomize-controller");

/** Who makes pods and claims of a template. */
const controllers: Readonly<Record<string, string>> = {
  CronJob: "job-controller",
  DaemonSet: "daemon-set-controller",
  Deployment: "replicaset-controller",
  Job: "job-controller",
  ReplicaSet: "replicaset-controller",
  StatefulSet: "statefulset-controller",
};

const record = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
const records = (value: unknown): Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

/** A map without some keys. */
const without = (map: Readonly<Record<string, unknown>>, ...keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));

/** Labels that the Job controller writes, and takes from nobody. */
const jobLabels = ["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];

/** What the API server or a controller filled in after the creation, and what no second object can have. */
const filledIn: Readonly<Record<string, (spec: Readonly<Record<string, unknown>>, object: Manifest) => object>> = {
  // The scheduler chose the node, and the priority follows from the class.
  Pod: (spec) => without(spec, "nodeName", "priority", "preemptionPolicy", "ephemeralContainers"),
  Service: (spec) => ({
    ...without(spec, "clusterIPs", "healthCheckNodePort", ...(spec["clusterIP"] === "None" ? [] : ["clusterIP"])),
    ports: records(spec["ports"]).map((port) => without(port, "nodePort")),
  }),
  // The binder says so itself where it chose the volume.
  PersistentVolumeClaim: (spec, { metadata }) =>
    metadata.annotations?.["pv.kubernetes.io/bound-by-controller"] === "yes" ? without(spec, "volumeName") : spec,
  Job: (spec) => {
    const template = record(spec["template"]);
    const metadata = record(template["metadata"]);
    const labels = without(record(metadata["labels"]), ...jobLabels);
    return { ...without(spec, "selector"), template: { ...template, metadata: { ...metadata, labels } } };
  },
};

/** A name that nothing has: what is asked about stays where it is. */
const anotherName = (): string => `estate-report-${randomBytes(5).toString("hex")}`;

/** The object as somebody would create it: without what the cluster wrote, and a Secret without its values. */
export function again(object: Manifest): Manifest {
  const { apiVersion, kind, metadata } = object;
  const { namespace, labels, annotations = {} } = metadata;
  const spec = filledIn[kind]?.(record(object["spec"]), object) ?? object["spec"];
  return {
    ...without(object, "status", "metadata", "spec", "data"),
    apiVersion,
    kind,
    metadata: {
      name: anotherName(),
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      annotations: without(annotations, "kubectl.kubernetes.io/last-applied-configuration") as Record<string, string>,
    },
    ...(spec === undefined ? {} : { spec }),
    ...(object["data"] === undefined ? {} : { data: kind === "Secret" ? unsaid(object["data"]) : object["data"] }),
  };
}

/** The keys that types of Secrets demand; `{}` is what any of them takes for a value. */
const unsaid = (data: unknown): Record<string, string> =>
  Object.fromEntries(Object.keys(record(data)).map((key) => [key, Buffer.from("{}").toString("base64")]));

/** What the workload's controller would make of it: a pod, and claims of a StatefulSet. */
function ofTemplates({ kind, metadata: { namespace = "" }, ...rest }: Manifest): Manifest[] {
  const spec = record(rest["spec"]);
  const template = kind === "CronJob" ? record(record(spec["jobTemplate"])["spec"])["template"] : spec["template"];
  const made = (
    apiVersion: string,
    of: string,
    { metadata, spec: own }: Readonly<Record<string, unknown>>,
  ): Manifest => ({
    apiVersion,
    kind: of,
    metadata: {
      name: anotherName(),
      namespace,
      labels: record(record(metadata)["labels"]) as Record<string, string>,
      annotations: record(record(metadata)["annotations"]) as Record<string, string>,
    },
    spec: own,
  });
  return [
    ...(isRecord(template) ? [made("v1", "Pod", template)] : []),
    ...records(spec["volumeClaimTemplates"]).map((claim) => made("v1", "PersistentVolumeClaim", claim)),
  ];
}

/** The owner that made the object, where one did. */
function maker({ metadata }: Manifest): string | undefined {
  return records(metadata["ownerReferences"]).find(({ controller }) => controller === true)?.["kind"] as
    string | undefined;
}

/** Who wrote the object itself, and not its status, as they call themselves. */
export function managers({ metadata }: Manifest): string[] {
  const written = records(metadata["managedFields"]).filter(({ subresource }) => (subresource ?? "") === "");
  return [...new Set(written.map(({ manager }) => String(manager)))].sort();
}

/** Kubernetes' own controllers made it of something else, which is asked about in its place. */
export function isMadeByKubernetes(object: Manifest): boolean {
  const all = managers(object);
  return all.length > 0 && all.every((name) => name === "kube-controller-manager");
}

/** What to ask about an object: whether it could be made again, and what its workload's controller would make of it. */
export function questions(object: Manifest): Question[] {
  const own = controllers[maker(object) ?? ""];
  const controller = controllers[object.kind];
  return [
    { object: again(object), as: own === undefined ? anyone : account("kube-system", own) },
    ...(controller === undefined
      ? []
      : ofTemplates(object).map((made) => ({ object: made, as: account("kube-system", controller) }))),
  ];
}
