import { VaultClient } from "@estate/clients";
import { Complaint } from "@estate/sandbox";
import { builtin } from "../features";
import { hasCredentials } from "../model/people";
import { planEstate } from "../plan/plan";
import { loadInputs } from "../tenants/inputs";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";
import { revokeTokens } from "./revoke/entities";
import { vaultLogin } from "./vault-login";

const usage = "npm run revoke -- --tenant <name> [--stack <name>]";

/** Ends the tokens of a tenant on its way out. */
async function revoke(): Promise<number> {
  const { tenant: name, stack } = readArguments(usage, {
    tenant: { type: "string" },
    stack: { type: "string", default: "dev" },
  });
  if (name === undefined) throw misread(usage, "no tenant is named");
  const inputs = loadInputs({ projectDir: process.cwd(), stack, features: builtin, environment: process.env });
  const { estate, tenants, clusters } = planEstate({ ...inputs, features: builtin });
  const tenant = tenants.find((each) => each.name === name);
  if (tenant === undefined) throw misread(usage, `stack ${stack} has no tenant "${name}"`);
  if (hasCredentials(tenant))
    throw new Complaint(
      `the tokens of ${name} stay`,
      `its state is ${tenant.state}, and it would log in again at once`,
      "write lifecycle: { state: retiring } into its file, and run pulumi up before",
    );
  const { mistake, token, ...login } = vaultLogin(process.env);
  if (mistake !== undefined) throw new Complaint("cannot speak to Vault", ...mistake);
  const vault = new VaultClient(estate.vaultAddress, token, login);
  try {
    const ended = await revokeTokens(vault, {
      estate: estate.name,
      tenant: name,
      clusters: clusters.map((cluster) => cluster.name),
      environments: Object.keys(inputs.settings.environments),
      parent: estate.gitlab.parent,
    });
    for (const { mount, login: who } of ended) console.log(`ended  every token of ${who}, by ${mount}`);
    console.log(`ok: ${String(ended.length)} ${ended.length === 1 ? "login" : "logins"} of ${name} ended in Vault`);
    return 0;
  } finally {
    vault.close();
  }
}

void runCommand(revoke);
