import { KubernetesClient } from "@estate/clients";
import type { EstatePlan } from "../../plan/plan";
import type { Inputs } from "../../tenants/inputs";
import { gitlabToken, registryLogin } from "../service-logins";
import { vaultLogin } from "../vault-login";
import { checkCluster } from "./cluster";
import type { Findings } from "./finding";
import { checkGitLab } from "./gitlab";
import { checkRegistry } from "./registry";
import { checkVault } from "./vault";

/** What is examined: a plan, and how its clusters are reached. */
export interface Examined {
  readonly plan: EstatePlan;
  readonly access: Inputs["access"];
  /** Variables of the process: the logins of the providers count. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether clusters that were brought along are there and open. Those that Estate makes have no context to ask by. */
export async function checkClusters({ plan, access }: Examined): Promise<Findings[]> {
  return Promise.all(
    Object.entries(access).map(async ([name, own]) => {
      const client = KubernetesClient.fromKubeconfig({ text: own.kubeconfig });
      try {
        return await checkCluster(name, own, plan, client);
      } finally {
        client.close();
      }
    }),
  );
}

/** Every system that a run writes to, before it does. What the run installs is not there yet, and not asked. */
export async function examine(examined: Examined): Promise<Findings[]> {
  const { plan, environment } = examined;
  const { estate, controlPlane } = plan;
  const [clusters, ...services] = await Promise.all([
    checkClusters(examined),
    ...(controlPlane.vault === undefined ? [checkVault(plan, vaultLogin(environment))] : []),
    ...(controlPlane.gitlab === undefined ? [checkGitLab(estate, gitlabToken(environment))] : []),
    // ECR is asked for by no address and no login.
    ...(controlPlane.registry === undefined && estate.registry.kind === "harbor"
      ? [checkRegistry(estate, registryLogin(environment))]
      : []),
  ]);
  return [...clusters, ...services];
}
