import { isRecord, KubernetesClient } from "@estate/clients";
import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { authenticationFile, prepareAuthentication } from "./authentication";
import { issuerOf } from "./issuer";
import { kubeconfigText, type KubeconfigEntry } from "./kubeconfig";
import { textOf, type Part } from "./part";

/** The clusters, which are also the kubeconfig's contexts. */
export const clusterNames = ["control-plane", "dev", "prod"] as const;

export type ClusterName = (typeof clusterNames)[number];

/** What a cluster's processes need to know of it. */
export interface Cluster {
  readonly name: ClusterName;
  /** `<dir>/clusters/<name>`. */
  readonly folder: string;
  readonly port: number;
  readonly server: string;
  /** The literal issuer in its ServiceAccount tokens; one of its own, so that no cluster's token passes for another's. */
  readonly issuer: string;
}

/** Describes a cluster; makes nothing. */
export function clusterOf(dir: string, name: ClusterName, port: number): Cluster {
  const server = `https://127.0.0.1:${String(port)}`;
  return {
    name,
    folder: join(dir, "clusters", name),
    port,
    server,
    issuer: issuerOf(name),
  };
}

const admin = { user: "estate-sandbox-admin", groups: "system:masters", file: "admin.token" };
const controllerManager = { user: "system:kube-controller-manager", groups: "", file: "controller-manager.token" };

/** Makes what a cluster keeps for life: the signing key of its ServiceAccount tokens, the key of Secrets, two static tokens. */
export function prepareCluster(cluster: Cluster): void {
  mkdirSync(cluster.folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(cluster.folder, name);
  if (!existsSync(at("service-accounts.pub"))) {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(at("service-accounts.key"), pair.privateKey.export({ type: "pkcs8", format: "pem" }), {
      mode: 0o600,
    });
    writeFileSync(at("service-accounts.pub"), pair.publicKey.export({ type: "spki", format: "pem" }));
  }
  const lines = [admin, controllerManager].map(({ user, groups, file }) => {
    if (!existsSync(at(file))) writeFileSync(at(file), randomBytes(24).toString("hex"), { mode: 0o600 });
    return `${readFileSync(at(file), "utf8")},${user},${user},"${groups}"\n`;
  });
  writeFileSync(at("tokens.csv"), lines.join(""), { mode: 0o600 });
  if (!existsSync(at(encryption))) writeFileSync(at(encryption), encryptionText(), { mode: 0o600 });
  prepareAuthentication(cluster);
  dropOldCertificate(cluster);
}

/** Secrets are not in clear on disk: as on a managed cluster, whose provider keeps the key. */
const encryption = "encryption.json";

/** What is there from before is read still, and written anew encrypted. */
function encryptionText(): string {
  return JSON.stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      {
        resources: ["secrets"],
        providers: [
          { secretbox: { keys: [{ name: "sandbox", secret: randomBytes(32).toString("base64") }] } },
          { identity: {} },
        ],
      },
    ],
  });
}

/** The API server signs its own certificate for a year, and takes an old one without looking at its date. */
function dropOldCertificate(cluster: Cluster): void {
  const text = textOf(certificateFile(cluster));
  if (text === undefined || text === "") return;
  const daysLeft = (Date.parse(new X509Certificate(text).validTo) - Date.now()) / 86_400_000;
  if (daysLeft < 30) rmSync(join(cluster.folder, "certificates"), { recursive: true });
}

/** The certificate the API server made for itself, with the CA that signed it: what clients trust. */
export function certificateFile(cluster: Cluster): string {
  return join(cluster.folder, "certificates", "apiserver.crt");
}

/** The administrator's entry for the kubeconfig; undefined while the API server has no certificate yet. */
export function adminEntry(cluster: Cluster): KubeconfigEntry | undefined {
  return entryOf(cluster, admin.file, admin.user);
}

function entryOf(cluster: Cluster, tokenFile: string, user: string): KubeconfigEntry | undefined {
  const ca = textOf(certificateFile(cluster));
  const token = textOf(join(cluster.folder, tokenFile));
  if (ca === undefined || token === undefined || !ca.includes("END CERTIFICATE")) return undefined;
  return { context: cluster.name, server: cluster.server, ca, user: `${user}-${cluster.name}`, token };
}

/** A client that speaks as the administrator. */
export function adminClient(cluster: Cluster): KubernetesClient | undefined {
  const entry = adminEntry(cluster);
  return entry === undefined
    ? undefined
    : KubernetesClient.fromKubeconfig({ text: kubeconfigText([entry]), context: cluster.name });
}

/** The API server of a cluster; with more arguments where something is tried that needs them. */
export function apiServerPart(cluster: Cluster, file: string, etcdPort: number, more: readonly string[] = []): Part {
  const at = (name: string): string => join(cluster.folder, name);
  return {
    name: `apiserver-${cluster.name}`,
    file,
    port: cluster.port,
    args: [
      `--etcd-servers=http://127.0.0.1:${String(etcdPort)}`,
      `--etcd-prefix=/${cluster.name}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      `--secure-port=${String(cluster.port)}`,
      // Endpoints may not be on loopback, and nobody in the sandbox goes through the Service `kubernetes`.
      "--endpoint-reconciler-type=none",
      `--cert-dir=${at("certificates")}`,
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      `--token-auth-file=${at("tokens.csv")}`,
      `--authentication-config=${authenticationFile(cluster)}`,
      `--encryption-provider-config=${at(encryption)}`,
      `--service-account-issuer=${cluster.issuer}`,
      `--service-account-jwks-uri=${cluster.server}/openid/v1/jwks`,
      `--service-account-key-file=${at("service-accounts.pub")}`,
      `--service-account-signing-key-file=${at("service-accounts.key")}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      "--allow-privileged=true",
      "--profiling=false",
      ...more,
    ],
    awaited: `${cluster.server}/readyz and the namespace kube-system`,
    boundMs: 120_000,
    look: () => withAdmin(cluster, lookAtApiServer),
  };
}

async function lookAtApiServer(client: KubernetesClient): Promise<string | undefined> {
  const ready = await client.request("GET", "/readyz", { timeoutMs: 5_000 });
  if (ready.status !== 200) return `${String(ready.status)} ${failedChecks(ready.body)}`;
  for (const name of ["kube-system", "default"]) {
    const { status } = await client.request("GET", `/api/v1/namespaces/${name}`, { timeoutMs: 5_000 });
    if (status !== 200) return `${String(status)} for namespace ${name}`;
  }
  return undefined;
}

/** `/readyz` lists all checks, one a line; only the failed ones tell something. */
function failedChecks(body: unknown): string {
  const lines = typeof body === "string" ? body.split("\n").filter((line) => line.startsWith("[-]")) : [];
  return lines.length === 0 ? JSON.stringify(body).slice(0, 300) : lines.join(", ");
}

/** The controller manager of a cluster: namespaces, garbage, quota, ServiceAccounts; no nodes, so nothing of those. */
export function controllerManagerPart(cluster: Cluster, file: string): Part {
  const at = (name: string): string => join(cluster.folder, name);
  return {
    name: `controller-manager-${cluster.name}`,
    file,
    args: [
      `--kubeconfig=${at("controller-manager.kubeconfig")}`,
      // Each controller speaks as its own ServiceAccount with its own built-in role, as on a real cluster.
      "--use-service-account-credentials=true",
      `--service-account-private-key-file=${at("service-accounts.key")}`,
      `--root-ca-file=${certificateFile(cluster)}`,
      "--leader-elect=false",
      "--controllers=*,-node-ipam-controller,-node-lifecycle-controller,-cloud-node-lifecycle-controller,-service-lb-controller,-node-route-controller",
      // It serves nothing that anybody in the sandbox asks for.
      "--secure-port=0",
      // Meant for one person's three clusters: deleting a namespace should not wait in a queue.
      "--kube-api-qps=200",
      "--kube-api-burst=400",
    ],
    awaited: "the ConfigMap kube-root-ca.crt and the ServiceAccount default in the namespace default",
    boundMs: 120_000,
    look: () => withAdmin(cluster, (client) => lookAtControllerManager(client, cluster)),
  };
}

/** Writes what the controller manager speaks with; the API server has its certificate by then. */
export function writeControllerManagerKubeconfig(cluster: Cluster): void {
  const entry = entryOf(cluster, controllerManager.file, controllerManager.user);
  if (entry === undefined) throw new Error(`${cluster.name} has no certificate yet`);
  const file = join(cluster.folder, "controller-manager.kubeconfig");
  writeFileSync(file, kubeconfigText([entry]), { mode: 0o600 });
}

/** On a restart both are there from before; then this says only that the process lives, and it needs a second more. */
async function lookAtControllerManager(client: KubernetesClient, cluster: Cluster): Promise<string | undefined> {
  const account = await client.request("GET", "/api/v1/namespaces/default/serviceaccounts/default");
  if (account.status !== 200) return `${String(account.status)} for the ServiceAccount`;
  const map = await client.request("GET", "/api/v1/namespaces/default/configmaps/kube-root-ca.crt");
  const data = isRecord(map.body) && isRecord(map.body["data"]) ? map.body["data"] : {};
  if (map.status !== 200) return `${String(map.status)} for the ConfigMap`;
  return data["ca.crt"] === textOf(certificateFile(cluster)) ? undefined : "the ConfigMap holds another certificate";
}

async function withAdmin(
  cluster: Cluster,
  look: (client: KubernetesClient) => Promise<string | undefined>,
): Promise<string | undefined> {
  const client = adminClient(cluster);
  if (client === undefined) return "no certificate yet";
  try {
    return await look(client);
  } finally {
    client.close();
  }
}
