import { dnsEgress, apiserverEgress } from "../features/network";
import { homeReader, type ApplicationNeeds, type SecretReader } from "../model/capability";
import {
  databaseLabel,
  databaseOperatorPods,
  databasePorts,
  hibernation,
  reloadLabel,
  type DatabaseOperator,
} from "../model/cloudnative-pg";
import { externalSecret, secretStoreObjects } from "../model/external-secret";
import type { TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { annotation, label, platformLabels } from "../model/labels";
import { mirroredImage } from "../model/mirror";
import { databaseName, dataNamespace, secretFolder } from "../model/names";
import { needPath, needsFolder } from "../model/needs";
import { hasCredentials } from "../model/people";
import { timesQuantity } from "../model/quantity";
import { images } from "../model/versions";
import { podSecurityLabels } from "./home-objects";

/**
 * What the platform keeps for a home in a namespace beside it. The operator of databases makes Roles, RoleBindings and pods of
 * images of its own there, which guardrails refuse in a home, and nobody of the tenant has any right in it.
 */
export interface DataPlan {
  readonly namespace: KubernetesObject;
  readonly objects: readonly KubernetesObject[];
}

/** One database of an application, as CloudNativePG serves it. */
export interface NeededPostgres {
  /** Its name, and that of the Secret with its login. */
  readonly name: string;
  readonly application: string;
  /** The Secret that the application gets. */
  readonly secret: string;
  /** Where that one's values are in Vault. */
  readonly path: string;
  /** Where the application finds it. */
  readonly host: string;
  readonly database: string;
  readonly username: string;
}

/** The databases that one application needs in one home. */
export function planDatabases(request: ApplicationNeeds): NeededPostgres[] {
  const { tenant, environment, namespace, cluster, application, needs } = request;
  return needs
    .filter(({ kind }) => kind === "postgres")
    .map(({ secret }) => {
      const name = databaseName(secret);
      return {
        name,
        application,
        secret,
        path: `${secretFolder(tenant, environment)}/${needPath(cluster, secret)}`,
        // The Service of whoever may be written to; the cluster's own domain is any.
        host: `${name}-rw.${dataNamespace(namespace)}.svc`,
        database: "app",
        username: "app",
      };
    });
}

/** Pods of one database, and what is made of them. */
interface Pods {
  readonly home: TenantHome;
  readonly request: ApplicationNeeds;
  readonly operator: DatabaseOperator;
  /** One, and in a protected estate a second one that stands by. */
  readonly instances: number;
}

const tcp = (port: number): Json => ({ port, protocol: "TCP" });
const both: readonly Json[] = [tcp(databasePorts.postgres), tcp(databasePorts.status)];
const namespaceNamed = (name: string): { readonly [key: string]: Json } => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

/** The database itself. It demands TLS, as RDS does: the first rule that fits a login decides. */
function clusterObject(
  { home, request, operator, instances }: Pods,
  { name, application, database, username }: NeededPostgres,
): KubernetesObject {
  const { cpu, memory, storageGi } = request.database;
  const standing = instances > 1;
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    metadata: {
      name,
      namespace: dataNamespace(home.namespace),
      labels: home.labels,
      ...(home.tenant.state === "active" ? {} : { annotations: hibernation }),
    },
    spec: {
      description: `${application} in ${home.namespace}`,
      imageName: mirroredImage(images.postgres, home.estate.mirror),
      instances,
      // For one instance alone it would keep every node from being drained.
      enablePDB: standing,
      enableSuperuserAccess: false,
      bootstrap: { initdb: { database, owner: username, secret: { name } } },
      postgresql: {
        pg_hba: ["hostnossl all all all reject"],
        ...(standing ? { synchronous: { method: "any", number: 1, dataDurability: "preferred" } } : {}),
      },
      resources: { requests: { cpu, memory }, limits: { cpu, memory } },
      storage: {
        size: `${String(storageGi)}Gi`,
        ...(operator.storageClass === undefined ? {} : { storageClass: operator.storageClass }),
      },
    },
  };
}

/** Who reaches a database: the pods of its application, and its own among themselves. */
function reachObject({ home }: Pods, { name, application }: NeededPostgres): KubernetesObject {
  const own: Json = { podSelector: { matchLabels: { [databaseLabel]: name } } };
  const pods: Json = {
    ...namespaceNamed(home.namespace),
    podSelector: { matchLabels: { "app.kubernetes.io/name": application } },
  };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: dataNamespace(home.namespace), labels: home.labels },
    spec: {
      podSelector: { matchLabels: { [databaseLabel]: name } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { ports: [tcp(databasePorts.postgres)], from: [pods] },
        { ports: both, from: [own] },
      ],
      egress: [{ ports: both, to: [own] }],
    },
  };
}

/** What holds for all pods of the namespace: nothing but names, the operator, and the API server that each asks of itself. */
function commonRules(home: TenantHome, operator: DatabaseOperator): KubernetesObject[] {
  const policy = (name: string, policyTypes: readonly string[], rules: { readonly [key: string]: Json }) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: dataNamespace(home.namespace), labels: home.labels },
    spec: { podSelector: {}, policyTypes, ...rules },
  });
  const controller: Json = {
    ...namespaceNamed(operator.namespace),
    podSelector: { matchLabels: databaseOperatorPods },
  };
  return [
    policy("default-deny", ["Ingress", "Egress"], {}),
    policy("allow-dns", ["Egress"], { egress: [dnsEgress] }),
    policy("allow-apiserver", ["Egress"], { egress: [apiserverEgress] }),
    policy("allow-operator", ["Ingress"], { ingress: [{ ports: both, from: [controller] }] }),
  ];
}

/** What the databases of a home may use together: their pods, and for each one more that makes or replaces one. */
function quotaObject(home: TenantHome, all: readonly Pods[]): KubernetesObject {
  const pods = all.reduce((sum, { instances }) => sum + instances + 1, 0);
  // All of a home have one size: its profile's.
  const { cpu = "0", memory = "0", storageGi = 0 } = all[0]?.request.database ?? {};
  const compute = { cpu: timesQuantity(cpu, pods), memory: timesQuantity(memory, pods) };
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "data", namespace: dataNamespace(home.namespace), labels: home.labels },
    spec: {
      hard: {
        "limits.cpu": compute.cpu,
        "limits.memory": compute.memory,
        persistentvolumeclaims: String(pods),
        pods: String(pods),
        "requests.cpu": compute.cpu,
        "requests.memory": compute.memory,
        "requests.storage": timesQuantity(`${String(storageGi)}Gi`, pods),
        "services.loadbalancers": "0",
        "services.nodeports": "0",
      },
    },
  };
}

/** The login of a database, as the operator reads it. */
const loginObject = (home: TenantHome, { name, secret }: NeededPostgres): KubernetesObject =>
  externalSecret(
    { ...home, namespace: dataNamespace(home.namespace) },
    {
      name,
      from: needPath(home.cluster.name, secret),
      keys: { username: "username", password: "password" },
      type: "kubernetes.io/basic-auth",
      labels: reloadLabel,
    },
  );

/** Who reads the logins of a home's databases in Vault, and nothing else of the home's folder. */
export function dataReaders(home: TenantHome, data: DataPlan | undefined): SecretReader[] {
  if (data === undefined) return [];
  const { tenant, environment, cluster } = home;
  const folder = `${secretFolder(tenant.name, environment.name)}/${needsFolder(cluster.name)}`;
  return [homeReader({ ...home, namespace: data.namespace.metadata.name }, [folder])];
}

/** What a home has in the namespace beside it; undefined where nothing of its needs is made in its cluster. */
export function planData(home: TenantHome, needs: readonly ApplicationNeeds[]): DataPlan | undefined {
  const operator = home.cluster.databases;
  const all = needs
    .filter(({ by }) => by === "cloudnative-pg")
    .flatMap((request) => planDatabases(request).map((database) => ({ request, database })));
  if (all.length === 0 || operator === undefined) return undefined;
  const instances = home.estate.protect ? 2 : 1;
  const made = all.map(({ request, database }) => ({ pods: { home, request, operator, instances }, database }));
  return {
    namespace: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name: dataNamespace(home.namespace),
        labels: { ...platformLabels, ...podSecurityLabels, [label.dataOf]: home.namespace },
        annotations: { [annotation.gitops]: home.estate.gitops.instance },
      },
    },
    objects: [
      quotaObject(
        home,
        made.map(({ pods }) => pods),
      ),
      ...commonRules(home, operator),
      // A reader of the folder with the home's needs on this cluster, and of nothing else (`dataReaders`).
      ...secretStoreObjects({ ...home, namespace: dataNamespace(home.namespace) }, home.cluster.name),
      ...made.flatMap(({ pods, database }) => [
        ...(hasCredentials(home.tenant) ? [loginObject(home, database)] : []),
        reachObject(pods, database),
        clusterObject(pods, database),
      ]),
    ],
  };
}
