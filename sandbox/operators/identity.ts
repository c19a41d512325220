import { KubernetesClient, loadKubeconfig } from "@estate/clients";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { kubeconfigText } from "../kubeconfig";

/** A token is asked for at every start of a process; a sandbox that runs longer than this may start it again. */
const lifetimeSeconds = 365 * 24 * 3600;

/**
 * Writes the kubeconfig of a controller: it speaks as its own ServiceAccount, and so has exactly the rights that Flux's
 * roles give it. Gives the file.
 */
export async function writeIdentity(
  kubeconfig: string,
  context: string,
  account: { readonly namespace: string; readonly name: string },
  folder: string,
): Promise<string> {
  const cluster = loadKubeconfig({ path: kubeconfig, context }).getCurrentCluster();
  const ca = cluster?.caData;
  if (cluster === null || ca === undefined) throw new Error(`${kubeconfig} has no CA for ${context}`);
  const client = KubernetesClient.fromKubeconfig({ path: kubeconfig, context });
  const token = await client
    .tokenRequest(account.namespace, account.name, [], lifetimeSeconds)
    .finally(() => client.close());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "kubeconfig");
  const text = kubeconfigText([
    {
      context,
      server: cluster.server,
      ca: Buffer.from(ca, "base64").toString("utf8"),
      user: `system:serviceaccount:${account.namespace}:${account.name}`,
      token,
    },
  ]);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}
