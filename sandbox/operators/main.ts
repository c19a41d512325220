import { KubernetesClient } from "@estate/clients";
import { setTimeout as sleep } from "node:timers/promises";

import { reconcileFlux } from "./flux";

/**
 * The operators' stand-in: one process for all clusters. The sandbox has no nodes, so no operator that is installed runs
 * as a pod; this does the part of their work that others wait for. Its log is told apart by cluster.
 */
async function tend(context: string, kubeconfig: string): Promise<never> {
  let said = "";
  for (;;) {
    try {
      // A client for each turn: the ports in the kubeconfig and what is served may have changed meanwhile.
      const client = KubernetesClient.fromKubeconfig({ path: kubeconfig, context });
      try {
        for (const line of await reconcileFlux(client)) say(context, line);
      } finally {
        client.close();
      }
      said = "";
    } catch (thrown) {
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      if (text !== said) say(context, text);
      said = text;
    }
    await sleep(1_000);
  }
}

function say(context: string, text: string): void {
  process.stdout.write(`${new Date().toISOString()} ${context}: ${text}\n`);
}

const kubeconfig = process.env["KUBECONFIG"] ?? "";
say("all", "the operators' stand-in starts");
for (const context of process.argv.slice(2)) void tend(context, kubeconfig);
