import { ConnectionError, KubernetesClient, VaultClient, isRecord } from "@estate/clients";
import { builtin } from "../features";
import { EstateError, type Problem } from "../model/problem";
import { planEstate, type EstatePlan } from "../plan/plan";
import { loadInputs, type Inputs } from "../tenants/inputs";
import { readArguments } from "./arguments";
import { runCommand } from "./command";
import { dryRunHome } from "./dry-run";
import { interruptible } from "./interrupt";
import { vaultLogin, type VaultLogin } from "./vault-login";

const usage = "npm run preflight [-- --stack <name>]";

/** What is checked: a plan, and how its clusters are reached. */
export interface PreflightInputs {
  readonly plan: EstatePlan;
  readonly access: Inputs["access"];
  readonly vault: VaultLogin;
}

/** One line of the report. */
interface Check {
  readonly what: string;
  readonly seen: string;
}

const problem = (code: string, file: string, cause: string, remedy: string): Problem => ({
  code,
  place: { file },
  cause,
  remedy,
  severity: "error",
});

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function checkCluster(
  name: string,
  { plan, access }: PreflightInputs,
  client: KubernetesClient,
): Promise<{ checks: Check[]; problems: Problem[] }> {
  const place = `cluster ${name} (context ${access[name]?.context ?? name})`;
  try {
    const ready = await client.request("GET", "/readyz", { timeoutMs: 10_000 });
    if (ready.status !== 200) {
      return {
        checks: [],
        problems: [
          problem(
            "F001",
            place,
            `not ready: ${JSON.stringify(ready.body)}`,
            "wait until its /readyz answers 200, or repair it",
          ),
        ],
      };
    }
    const version = await client.call("GET", "/version");
    const system = await client.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
    const uid = system.metadata.uid ?? "unknown";
    const connection = plan.clusters.find((cluster) => cluster.name === name)?.connection;
    const pinned = connection?.kind === "existing" ? connection.uid : undefined;
    const checks = [
      { what: place, seen: `ready, ${isRecord(version) ? String(version.gitVersion) : "unknown version"}, uid ${uid}` },
    ];
    if (pinned === undefined || pinned === uid) return { checks, problems: [] };
    return {
      checks,
      problems: [
        problem(
          "F002",
          place,
          `leads to the cluster with uid ${uid}, and the settings pin ${pinned}`,
          "point the context at the right cluster, or correct estate:clusters",
        ),
      ],
    };
  } catch (error) {
    if (error instanceof ConnectionError)
      return {
        checks: [],
        problems: [
          problem("F001", place, `unreachable: ${reason(error)}`, "check the kubeconfig, the network and the cluster"),
        ],
      };
    return {
      checks: [],
      problems: [
        problem("F003", place, `refuses: ${reason(error)}`, "check the credentials of the kubeconfig's context"),
      ],
    };
  }
}

async function checkVault(
  address: string,
  { token, caCert, namespace, mistake }: VaultLogin,
): Promise<{ checks: Check[]; problems: Problem[] }> {
  const place = `Vault (${address}${namespace === undefined ? "" : `, namespace ${namespace}`})`;
  if (mistake !== undefined) return { checks: [], problems: [problem("F014", place, ...mistake)] };
  const vault = new VaultClient(address, token, {
    ...(caCert === undefined ? {} : { caCert }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  try {
    const health = await vault.health();
    if (!health.initialized)
      return { checks: [], problems: [problem("F011", place, "not initialised", "run `vault operator init`")] };
    if (health.sealed)
      return { checks: [], problems: [problem("F012", place, "sealed", "unseal it and run this again")] };
    if (token === undefined)
      return {
        checks: [],
        problems: [problem("F013", place, "VAULT_TOKEN is not set", "log in, and export VAULT_TOKEN")],
      };
    const own = await vault.request("GET", "auth/token/lookup-self");
    if (own.status !== 200)
      return {
        checks: [],
        problems: [
          problem(
            "F013",
            place,
            `the token is refused (${String(own.status)})`,
            "log in again, and export VAULT_TOKEN",
          ),
        ],
      };
    const data = isRecord(own.body) && isRecord(own.body.data) ? own.body.data : {};
    const life = data.ttl === 0 ? "does not expire" : `${String(data.ttl)} s left`;
    return {
      checks: [{ what: place, seen: `unsealed, ${health.version ?? "unknown version"}, token ${life}` }],
      problems: [],
    };
  } catch (error) {
    return {
      checks: [],
      problems: [problem("F011", place, `unreachable: ${reason(error)}`, "check VAULT_ADDR, the network and Vault")],
    };
  } finally {
    vault.close();
  }
}

/**
 * Checks clusters and Vault before the first write, then asks the clusters about every object of each new tenant. An
 * abort by `signal` leaves nothing behind on any cluster.
 */
export async function preflight(
  inputs: PreflightInputs,
  line: (text: string) => void,
  signal?: AbortSignal,
): Promise<Problem[]> {
  const { plan, access, vault } = inputs;
  // Clusters that Estate makes have no context: before the first run there is nobody to ask, and later Pulumi asks itself.
  const clients = new Map(
    Object.entries(access).map(([name, { kubeconfig }]) => [
      name,
      KubernetesClient.fromKubeconfig({ text: kubeconfig }),
    ]),
  );
  const results = await Promise.all([
    ...[...clients].map(([name, client]) => checkCluster(name, inputs, client)),
    // One that the run installs is not there yet, or is asked with a login that only the run knows.
    ...(plan.controlPlane.vault === undefined ? [checkVault(plan.estate.vaultAddress, vault)] : []),
  ]);
  for (const { what, seen } of results.flatMap(({ checks }) => checks)) line(`ok  ${what}: ${seen}`);
  const problems = results.flatMap((result) => result.problems);
  if (problems.length > 0) return problems;

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
    const checked = { plan, access: inputs.access, vault: vaultLogin(process.env) };
    const line = (text: string): unknown => process.stdout.write(`${text}\n`);
    const problems = await interruptible((signal) => preflight(checked, line, signal));
    if (problems.length > 0) throw new EstateError(problems);
    return 0;
  });
}
