import { GitLabClient, HarborClient, KubernetesClient, VaultClient } from "@estate/clients";
import type { Sandbox } from "@estate/sandbox";
import { readSettings } from "../../config/settings";
import { builtin } from "../../features";
import type { Found } from "./found";
import { gitlabInventory } from "./gitlab";
import { clusterInventory } from "./kubernetes";
import { registryInventory } from "./registry";
import { vaultInventory } from "./vault";

export type { Found } from "./found";
export { inventoryTable } from "./table";
export { clusterInventory, gitlabInventory, registryInventory, vaultInventory };

/** The back ends of an estate, and how to ask them. */
export type Backends = Pick<Sandbox, "kubeconfig" | "clusters" | "vault" | "gitlab" | "harbor">;

/** What an estate's things are found by. */
export interface EstateNames {
  readonly name: string;
  /** Its parent group in GitLab: the path, or the number. */
  readonly parent: string | number;
  /** Its path. */
  readonly parentPath: string;
}

/** The names of a stack's estate, as its settings say them. */
export function estateNames(projectDir: string, stack: string): EstateNames {
  const { settings } = readSettings({ projectDir, stack, features: builtin });
  if (settings === undefined) throw new Error(`the settings of stack ${stack} cannot be read`);
  const { name, gitlab } = settings;
  return { name, parent: gitlab.parentId ?? gitlab.parent, parentPath: gitlab.parent };
}

/** What is there in all back ends, asked of them and not of Pulumi's state. */
export async function inventory(
  backends: Backends,
  { name, parent }: Omit<EstateNames, "parentPath">,
): Promise<Found[]> {
  const vault = new VaultClient(backends.vault.address, backends.vault.token);
  const gitlab = new GitLabClient(backends.gitlab.url, backends.gitlab.token);
  const harbor = new HarborClient(backends.harbor.url, backends.harbor);
  const clusters = Object.keys(backends.clusters).map((context) => ({
    context,
    client: KubernetesClient.fromKubeconfig({ path: backends.kubeconfig, context }),
  }));
  try {
    const found = await Promise.all([
      ...clusters.map(({ context, client }) => clusterInventory(context, client)),
      vaultInventory(name, vault),
      gitlabInventory(parent, gitlab),
      registryInventory(name, harbor),
    ]);
    return found.flat();
  } finally {
    for (const client of [vault, gitlab, harbor, ...clusters.map(({ client: own }) => own)]) client.close();
  }
}
