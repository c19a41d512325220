import { GitLabClient, HarborClient, KubernetesClient } from "@estate/clients";
import type { Inputs } from "../../tenants/inputs";
import type { PulumiContext } from "../pulumi-cli";
import { gitlabToken, registryLogin } from "../service-logins";
import type { Systems } from "./ids";

/** Systems with their clients, until they are closed. */
export interface Opened extends Systems {
  readonly clusters: ReadonlyMap<string, KubernetesClient>;
  close(): void;
}

/** Clients of all systems that there is a login for; they read. */
export function openSystems(inputs: Inputs, { env }: PulumiContext): Opened {
  const variables = { ...process.env, ...env };
  const clusters = new Map(
    Object.entries(inputs.access).map(([name, { kubeconfig }]) => [
      name,
      KubernetesClient.fromKubeconfig({ text: kubeconfig }),
    ]),
  );
  const [token, login] = [gitlabToken(variables), registryLogin(variables)];
  const gitlab = token === undefined ? undefined : new GitLabClient(inputs.addresses.gitlab, token);
  const registry = login === undefined ? undefined : new HarborClient(inputs.addresses.registry, login);
  return {
    clusters,
    ...(gitlab === undefined ? {} : { gitlab }),
    ...(registry === undefined ? {} : { registry }),
    close: () => {
      for (const client of [...clusters.values(), gitlab, registry]) client?.close();
    },
  };
}
