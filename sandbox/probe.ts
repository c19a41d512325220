import { VaultClient } from "@estate/clients";

import { adminClient, clusterNames, clusterOf } from "./cluster";
import { reasonOf } from "./complaint";
import { lookAtIngress } from "./ingress/part";
import type { SandboxState } from "./state";
import { vaultAddress } from "./vault";

/** Undefined when the part answers as it should, else what was seen instead. */
type Probe = (boundMs: number) => Promise<string | undefined>;

// Not the parts' own `look`: that is for starting, and opens a sealed Vault.
const webProbes: Readonly<Record<string, { readonly path: string; readonly status: number }>> = {
  etcd: { path: "/health", status: 200 },
  gitlab: { path: "/-/readiness", status: 200 },
  // It asks for a token: that is the registry in order.
  registry: { path: "/v2/", status: 401 },
  harbor: { path: "/api/v2.0/health", status: 200 },
  kms: { path: "/healthz", status: 200 },
};

/**
 * Asks a part once whether it is at work; changes nothing. Undefined when it answers as it should, and of a part that
 * listens nowhere: there only its process can be told.
 */
export async function probe(
  dir: string,
  state: SandboxState,
  part: string,
  boundMs: number,
): Promise<string | undefined> {
  try {
    return await probeOf(dir, state, part)?.(boundMs);
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

function probeOf(dir: string, { ports }: SandboxState, part: string): Probe | undefined {
  const cluster = clusterNames.find((name) => part === `apiserver-${name}`);
  if (cluster !== undefined) return (boundMs) => apiServer(dir, cluster, ports[cluster] ?? 0, boundMs);
  if (part === "vault") return (boundMs) => vault(ports.vault ?? 0, boundMs);
  if (part === "ingress") return (boundMs) => lookAtIngress(dir, ports.ingress ?? 0, boundMs);
  const web = Object.hasOwn(webProbes, part) ? webProbes[part] : undefined;
  const port = Object.entries(ports).find(([name]) => name === part)?.[1];
  if (web === undefined || port === undefined) return undefined;
  return async (boundMs) => {
    const answer = await fetch(`http://127.0.0.1:${String(port)}${web.path}`, {
      signal: AbortSignal.timeout(boundMs),
      headers: { connection: "close" },
    });
    await answer.arrayBuffer();
    return answer.status === web.status ? undefined : `${web.path} answers ${String(answer.status)}`;
  };
}

async function apiServer(
  dir: string,
  name: (typeof clusterNames)[number],
  port: number,
  timeoutMs: number,
): Promise<string | undefined> {
  const client = adminClient(clusterOf(dir, name, port));
  if (client === undefined) return "it has no certificate yet";
  try {
    const { status } = await client.request("GET", "/readyz", { timeoutMs });
    return status === 200 ? undefined : `/readyz answers ${String(status)}`;
  } finally {
    client.close();
  }
}

async function vault(port: number, timeoutMs: number): Promise<string | undefined> {
  const client = new VaultClient(vaultAddress(port));
  try {
    const health = await client.health(timeoutMs);
    if (!health.initialized) return "not initialised";
    if (health.sealed) return "sealed";
    return health.status === 200 ? undefined : `its health answers ${String(health.status)}`;
  } finally {
    client.close();
  }
}
