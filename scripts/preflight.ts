import { KubernetesClient } from "@estate/clients";
import { hasErrors } from "../config/settings";
import { builtin } from "../features";
import { EstateError, formatProblem, type Problem } from "../model/problem";
import { planEstate } from "../plan/plan";
import { loadInputs } from "../tenants/inputs";
import { readArguments } from "./arguments";
import { runCommand } from "./command";
import { checkClusters, type Examined } from "./doctor/doctor";
import { problem } from "./doctor/finding";
import { checkVault } from "./doctor/vault";
import { dryRunHome } from "./dry-run";
import { interruptible } from "./interrupt";
import { vaultLogin } from "./vault-login";

const usage = "npm run preflight [-- --stack <name>]";

/**
 * Checks clusters and Vault before the first write, then asks the clusters about every object of each new tenant. An
 * abort by `signal` leaves nothing behind on any cluster.
 */
export async function preflight(
  inputs: Examined,
  line: (text: string) => void,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const { plan, access, environment } = inputs;
  const results = [
    ...(await checkClusters(inputs)),
    // One that the run installs is not there yet, or is asked with a login that only the run knows.
    ...(plan.controlPlane.vault === undefined ? [await checkVault(plan, vaultLogin(environment))] : []),
  ];
  for (const { what, seen } of results.flatMap(({ checks }) => checks)) line(`ok  ${what}: ${seen}`);
  const problems = results.flatMap((result) => result.problems);
  if (hasErrors(problems)) return problems;
  // Clusters that Estate makes have no context: before the first run there is nobody to ask, and later Pulumi asks itself.
  const clients = new Map(
    Object.entries(access).map(([name, { kubeconfig }]) => [
      name,
      KubernetesClient.fromKubeconfig({ text: kubeconfig }),
    ]),
  );

  for (const tenant of plan.tenants) {
    for (const home of tenant.homes) {
      const client = clients.get(home.cluster);
      if (client === undefined) continue;
      signal?.throwIfAborted();
      const verdicts = await dryRunHome(tenant, home, client, signal);
      const where = `tenant ${tenant.name} in ${home.namespace.metadata.name} on ${home.cluster}`;
      if (verdicts.length === 0) continue;
      const count = (answer: string): number => verdicts.filter((verdict) => verdict.answer === answer).length;
      for (const { object, reason: why } of verdicts.filter(({ answer }) => answer === "refused")) {
        problems.push(
          problem("F021", where, `${object} would be refused: ${why}`, "change the tenant file or its profile"),
        );
      }
      const later = count("later") === 0 ? "" : `, ${String(count("later"))} to be judged once the platform is there`;
      line(`${count("refused") === 0 ? "ok " : "no "} ${where}: ${String(count("accepted"))} objects accepted${later}`);
    }
  }
  for (const client of clients.values()) client.close();
  return problems;
}

if (require.main === module) {
  void runCommand(async () => {
    const { stack } = readArguments(usage, { stack: { type: "string", default: "dev" } });
    const inputs = loadInputs({
      projectDir: process.cwd(),
      stack,
      features: builtin,
      environment: process.env,
    });
    const plan = planEstate({ ...inputs, features: builtin });
    const checked = { plan, access: inputs.access, environment: process.env };
    const line = (text: string): unknown => process.stdout.write(`${text}\n`);
    const problems = await interruptible((signal) => preflight(checked, line, signal));
    if (hasErrors(problems)) throw new EstateError(problems);
    for (const each of problems) process.stderr.write(`${formatProblem(each)}\n`);
    return 0;
  });
}
