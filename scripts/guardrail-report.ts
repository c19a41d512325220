import { KubernetesClient } from "@estate/clients";
import { Complaint } from "@estate/sandbox";
import { builtin } from "../features";
import { guardrails } from "../guardrails";
import { planEstate, type EstatePlan } from "../plan/plan";
import { loadInputs, type Inputs } from "../tenants/inputs";
import { readArguments, misread } from "./arguments";
import { runCommand } from "./command";
import { guardrailReport, type GuardrailReport } from "./guardrail-report/report";
import { reportLines } from "./guardrail-report/text";
import { interruptible } from "./interrupt";

const usage = "npm run guardrail-report [-- --stack <name>] [--cluster <name> [--context <name>]] [--json]";

/** The clients of the clusters to ask: all that have a context in the settings, or one. */
function clientsOf(
  plan: EstatePlan,
  access: Inputs["access"],
  cluster: string | undefined,
  context: string | undefined,
): Map<string, KubernetesClient> {
  const names = plan.clusters.map(({ name }) => name);
  if (cluster !== undefined && !names.includes(cluster))
    throw misread(usage, `no cluster "${cluster}"; there are ${names.join(", ")}`);
  if (context !== undefined && cluster === undefined) throw misread(usage, "--context needs --cluster");
  if (cluster !== undefined && context !== undefined)
    return new Map([[cluster, KubernetesClient.fromKubeconfig({ path: process.env["KUBECONFIG"] ?? "", context })]]);
  const wanted = Object.entries(access).filter(([name]) => cluster === undefined || name === cluster);
  if (wanted.length === 0)
    throw new Complaint(
      `no way to ${cluster ?? "any cluster"}`,
      "a cluster that Estate makes has no context in the settings",
      "name it by --cluster <name> --context <name>, in the kubeconfig of KUBECONFIG",
    );
  return new Map(wanted.map(([name, { kubeconfig }]) => [name, KubernetesClient.fromKubeconfig({ text: kubeconfig })]));
}

/** Who would be refused: 0 when nobody would and everything could be asked, else 1. */
async function report(signal: AbortSignal): Promise<number> {
  const { stack, cluster, context, json } = readArguments(usage, {
    stack: { type: "string", default: "dev" },
    cluster: { type: "string" },
    context: { type: "string" },
    json: { type: "boolean", default: false },
  });
  const inputs = loadInputs({ projectDir: process.cwd(), stack, features: builtin, environment: process.env });
  const plan = planEstate({ ...inputs, features: builtin });
  const known = guardrails(plan.estate);
  const clients = clientsOf(plan, inputs.access, cluster, context);
  const reports: GuardrailReport[] = [];
  try {
    for (const [name, client] of clients) reports.push(await guardrailReport(client, name, plan, known, signal));
  } finally {
    for (const client of clients.values()) client.close();
  }
  if (json) process.stdout.write(`${JSON.stringify({ clusters: reports }, undefined, 2)}\n`);
  else for (const line of reports.flatMap((each) => reportLines(each, known))) process.stdout.write(`${line}\n`);
  return reports.every(({ missing, refused, unjudged }) => missing.length + refused.length + unjudged.length === 0)
    ? 0
    : 1;
}

void runCommand(() => interruptible(report));
