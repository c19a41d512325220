import { isRecord, type Manifest } from "@estate/clients";
import { peopleGroups } from "../model/people";
import { at, creates, home, mallory, neighbour, object, patches, type Attack } from "./attack";
import type { GuardedCluster } from "./guarded-cluster";
import { identitiesOf, stranger } from "./identities";
import { rightsOf, servedKinds, sweep, type Served } from "./rights";
import { pod } from "./trials/images";
import { admitted, refused, type Verdict } from "./verdict";

// kubectl-mtb, the benchmark of Kubernetes' multi-tenancy group, archived in 2021: its checks, each with the reason of the
// refusal and a twin that differs in the offence alone. Its own tool takes any error for a pass.

/** One of the benchmark's checks. */
export interface Check {
  /** The benchmark's own id; it gave one of them twice. */
  readonly id: string;
  readonly title: string;
  /** Where Estate's answer is another one than the benchmark's, and why. */
  readonly differs?: string;
  readonly attacks?: readonly Attack[];
  readonly look?: (cluster: GuardedCluster) => Promise<string | undefined>;
}

const image = "harbor.example.com/acme-team-a/web:1";
const neighbours = "harbor.example.com/acme-team-ab/web:1";

/** The first container of a pod, changed. */
function container(change: object, of: object = {}): Manifest {
  const made = pod(image, of);
  const [first] = (made["spec"] as { containers: object[] }).containers;
  return { ...made, spec: { ...(made["spec"] as object), containers: [{ ...first, ...change }] } };
}

const security = (change: object): Manifest => {
  const [first] = (pod(image)["spec"] as { containers: { securityContext: object }[] }).containers;
  return container({ securityContext: { ...first?.securityContext, ...change } });
};

const attack = (what: string, made: Manifest, reason: string, twin: Manifest = pod(image)): Attack => ({
  threat: 2,
  what,
  attempt: creates(made),
  reason,
  twin: creates(twin),
});

const service = (spec: object): Manifest => object("v1", "Service", { spec: { ports: [{ port: 80 }], ...spec } });
const quota = at("v1", "ResourceQuota", "tenant");

/** The first verb that one of a tenant's people is not refused by RBAC, in a namespace or outside of all. */
async function refusedAll(
  { client }: GuardedCluster,
  namespace: string | undefined,
  among: (kind: Served) => boolean = () => true,
): Promise<string | undefined> {
  const served = await servedKinds(client);
  const everybodys = await rightsOf(client, stranger, "default", served);
  for (const person of identitiesOf("team-a", home, "namespace").slice(0, peopleGroups.length)) {
    const { faults } = await sweep(client, person, served.filter(among), everybodys, namespace);
    if (faults.length > 0) return faults[0];
  }
  return undefined;
}

async function hardNames(cluster: GuardedCluster): Promise<string[]> {
  const { spec } = await cluster.client.get(quota);
  return isRecord(spec) && isRecord(spec["hard"]) ? Object.keys(spec["hard"]) : [];
}

const missing = (has: readonly string[], wanted: readonly string[]): string | undefined => {
  const none = wanted.filter((name) => !has.includes(name));
  return none.length === 0 ? undefined : `the quota does not count ${none.join(", ")}`;
};

const developer = identitiesOf("team-a", home, "namespace")[1] ?? mallory;

/** The 18 checks. */
export const checks: readonly Check[] = [
  {
    id: "PL1-CC-CPI-1",
    title: "access to resources of the cluster",
    look: (cluster) => refusedAll(cluster, undefined),
  },
  {
    id: "PL1-BC-CPI-2",
    title: "changes of the platform's own objects",
    attacks: [
      {
        threat: 6,
        what: "deletes the quota",
        attempt: { verb: "delete", object: quota, as: mallory },
        reason: "this object is the platform's",
        twin: patches(at("v1", "ConfigMap", "mine"), {}),
      },
      {
        threat: 6,
        what: "changes the quota",
        attempt: patches(quota, { metadata: { labels: { a: "b" } } }),
        reason: "this object is the platform's",
        twin: patches(at("v1", "ConfigMap", "mine"), {}),
      },
    ],
  },
  {
    id: "PL1-BC-CPI-3",
    title: "added capabilities",
    attacks: [
      attack(
        "adds SETPCAP",
        security({ capabilities: { drop: ["ALL"], add: ["SETPCAP"] } }),
        'must not include "SETPCAP" in securityContext.capabilities.add',
      ),
    ],
  },
  {
    id: "PL1-BC-CPI-4",
    title: "running as root",
    attacks: [
      attack("may be root", security({ runAsNonRoot: false }), "must not set securityContext.runAsNonRoot=false"),
    ],
  },
  {
    id: "PL1-BC-CPI-5",
    title: "privileged containers",
    attacks: [
      attack(
        "is privileged",
        security({ privileged: true, allowPrivilegeEscalation: undefined }),
        "must not set securityContext.privileged=true",
      ),
    ],
  },
  {
    id: "PL1-BC-CPI-6",
    title: "gaining privileges",
    attacks: [
      attack(
        "may gain privileges",
        security({ allowPrivilegeEscalation: true }),
        "must set securityContext.allowPrivilegeEscalation=false",
      ),
    ],
  },
  {
    id: "PL1-CC-TI-1",
    title: "changes of quotas",
    look: (cluster) => refusedAll(cluster, neighbour, ({ resource }) => resource === "resourcequotas"),
    attacks: ["create", "replace", "patch", "delete"].map((verb) => ({
      threat: 7,
      what: `${verb}s a quota as a developer`,
      attempt: { verb: verb as "create", object: object("v1", "ResourceQuota", {}, { name: "tenant" }), as: developer },
      reason: 'resource "resourcequotas"',
      twin: creates(object("v1", "ConfigMap", {}), developer),
    })),
  },
  {
    id: "PL1-CC-TI-2",
    title: "another tenant's resources",
    look: (cluster) => refusedAll(cluster, neighbour),
  },
  {
    id: "PL1-BC-HI-1",
    title: "paths of the host",
    attacks: [
      attack(
        "mounts the node's root",
        pod(image, { volumes: [{ name: "host", hostPath: { path: "/" } }] }),
        "restricted volume types",
        pod(image, { volumes: [{ name: "host", emptyDir: {} }] }),
      ),
    ],
  },
  {
    id: "PL1-BC-HI-1 (2)",
    title: "node ports",
    attacks: [
      {
        ...attack("opens a port on every node", service({ type: "NodePort" }), "allots no node ports", service({})),
        threat: 10,
      },
    ],
  },
  {
    id: "PL1-BC-HI-3",
    title: "the host's network and ports",
    attacks: [
      attack("uses the node's network", pod(image, { hostNetwork: true }), "host namespaces (hostNetwork=true)"),
      attack(
        "takes a port of the node",
        container({ ports: [{ containerPort: 80, hostPort: 80 }] }),
        "hostPort",
        container({ ports: [{ containerPort: 80 }] }),
      ),
    ],
  },
  {
    id: "PL1-BC-HI-4",
    title: "the host's processes",
    attacks: [attack("sees the node's processes", pod(image, { hostPID: true }), "host namespaces (hostPID=true)")],
  },
  {
    id: "PL1-BC-HI-5",
    title: "the host's IPC",
    attacks: [attack("uses the node's IPC", pod(image, { hostIPC: true }), "host namespaces (hostIPC=true)")],
  },
  {
    id: "PL1-CC-FNS-1",
    title: "quotas of resources",
    look: async (cluster) =>
      missing(await hardNames(cluster), [
        "requests.cpu",
        "limits.cpu",
        "requests.memory",
        "limits.memory",
        "requests.ephemeral-storage",
        "limits.ephemeral-storage",
      ]),
  },
  {
    id: "PL1-CC-FNS-2",
    title: "quotas of objects",
    look: async (cluster) =>
      missing(await hardNames(cluster), [
        "configmaps",
        "persistentvolumeclaims",
        "pods",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "services",
        "services.loadbalancers",
        "services.nodeports",
      ]),
  },
  {
    id: "PL1-CC-DI-1",
    title: "images that were pulled with another's credential",
    differs: "an image is the tenant's own whatever its pull policy says: what a node keeps of others cannot be named",
    attacks: [
      attack(
        "takes a neighbour's image from the node's cache",
        {
          ...pod(neighbours),
          spec: {
            ...(pod(neighbours)["spec"] as object),
            containers: (pod(neighbours)["spec"] as { containers: object[] }).containers.map((one) => ({
              ...one,
              imagePullPolicy: "Never",
            })),
          },
        },
        "images come from the tenant's own project",
        container({ imagePullPolicy: "Never" }),
      ),
    ],
  },
  {
    id: "PL2-BC-OPS-3",
    title: "roles and bindings of one's own",
    differs: "who may do what is said in the tenant's file, where its owners approve it",
    attacks: ["Role", "RoleBinding"].map((kind) => ({
      threat: 5,
      what: `makes a ${kind} as a developer`,
      attempt: creates(object("rbac.authorization.k8s.io/v1", kind, {}), developer),
      reason: `cannot create resource "${kind.toLowerCase()}s"`,
      twin: creates(object("v1", "ConfigMap", {}), developer),
    })),
  },
  {
    id: "PL2-BC-OPS-4",
    title: "network policies of one's own",
    differs: "policies add up, and one that opens beats all that deny: what is open is said by the profile",
    attacks: [
      {
        threat: 9,
        what: "makes a NetworkPolicy as a developer",
        attempt: creates(object("networking.k8s.io/v1", "NetworkPolicy", { spec: { podSelector: {} } }), developer),
        reason: 'cannot create resource "networkpolicies"',
        twin: creates(object("v1", "ConfigMap", {}), developer),
      },
    ],
  },
];

/** Holds the benchmark. */
export async function benchmark(cluster: GuardedCluster): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { id, title, attacks = [], look } of checks) {
    const faults = [await look?.(cluster)];
    for (const one of attacks) faults.push(await refused(cluster, one), await admitted(cluster, { attempt: one.twin }));
    const fault = faults.filter((one) => one !== undefined).join("; ");
    verdicts.push({ what: `${id}: ${title}`, ...(fault === "" ? {} : { fault }) });
  }
  return verdicts;
}

/** How many requests a check is, besides those that it looks over. */
export const attacksOf = ({ attacks = [] }: Check): number => attacks.length;
