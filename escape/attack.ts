import type { Manifest } from "@estate/clients";
import { serviceAccount, type Attempt, type Person, type Tried } from "./guarded-cluster";

/** A request that must be refused, with the reason, and one that differs from it in nothing but the offence. */
export interface Attack {
  /** The number in the table of threats. */
  readonly threat: number;
  readonly what: string;
  readonly attempt: Tried;
  readonly reason: string;
  readonly twin: Tried;
  /** An offence in a plain home only: what stands in a virtual cluster's home is the cluster's own there. */
  readonly plain?: boolean;
}

/** A request that must be admitted: what the cluster or the platform cannot do without. */
export interface Control {
  readonly what: string;
  readonly attempt: Tried;
}

/** What a guardrail is tried with. */
export interface Trial {
  readonly guardrail: string;
  /** Kinds that the cluster has besides those of Flux, External Secrets and Karpenter. */
  readonly definitions?: readonly Manifest[];
  /** Stand in the cluster before, written by the platform. */
  readonly before?: readonly Manifest[];
  readonly attacks: readonly Attack[];
  readonly controls: readonly Control[];
}

/** The homes of two tenants whose names prefix each other; the third's holds a virtual cluster. */
export const home = "team-a-dev";
export const neighbour = "team-ab-dev";
export const virtual = "virtual-dev";
/** The home of a tenant that has nodes of its own. */
export const pooled = "pooled-dev";
/** The home of one whose workloads are on their way there. */
export const moving = "moving-dev";

/** Bound to cluster-admin in every home of these tests: the worst that a RoleBinding can grant. */
export const mallory: Person = { user: "mallory", groups: ["mallory", "system:authenticated"] };

/** Who raises homes where Flux applies what the platform wrote to Git. */
export const platformReconciler = serviceAccount("flux-system", "platform-reconciler");

/** One of Flux's controllers as itself. */
export const controller = (name: string): Person => serviceAccount("flux-system", `${name}-controller`);

/** A controller of Kubernetes' controller manager. */
export const kubeController = (name: string): Person => serviceAccount("kube-system", name);

/** An object in the home unless it says otherwise. */
export const object = (apiVersion: string, kind: string, rest: object, metadata: object = {}): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: "tried", namespace: home, ...metadata },
  ...rest,
});

/** Mallory makes it. */
export const creates = (made: Manifest, as: Person = mallory): Attempt => ({ verb: "create", object: made, as });

/** Mallory changes a part of it. */
export const patches = (object: Manifest, body: unknown, as: Person = mallory, at?: string): Attempt => ({
  verb: "patch",
  object,
  body,
  as,
  ...(at === undefined ? {} : { at }),
});

/** Mallory removes it. */
export const deletes = (object: Manifest, as: Person = mallory): Attempt => ({ verb: "delete", object, as });

/** Mallory sends a new whole of what stands there, changed by `change`; or what a subresource takes of it. */
export const replaces =
  (ref: Manifest, change: (now: Manifest) => Manifest, as: Person = mallory, at?: string): Tried =>
  async (client) => ({
    verb: "replace",
    object: ref,
    body: change(await client.get(ref)),
    as,
    ...(at === undefined ? {} : { at }),
  });

/** Mallory makes a subresource of an object: a binding, a token. */
export const createsAt = (object: Manifest, at: string, body: unknown, as: Person = mallory): Attempt => ({
  verb: "create",
  object,
  at,
  body,
  as,
});

const rbac = "rbac.authorization.k8s.io";

/** A right in the whole cluster. */
export const everywhere = (name: string, user: string, rules: object[]): Manifest[] => [
  { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata: { name }, rules },
  {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
    subjects: [{ apiGroup: rbac, kind: "User", name: user }],
  },
];

/** Names an object of a home. */
export const at = (apiVersion: string, kind: string, name: string, where = home): Manifest =>
  object(apiVersion, kind, {}, { name, namespace: where });

/** External Secrets' controller. */
export const secretsController = serviceAccount("external-secrets", "external-secrets");
