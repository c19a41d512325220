import { VaultClient, isRecord } from "@estate/clients";
import { authMountName, pipelineMountName } from "../../model/names";
import type { EstatePlan } from "../../plan/plan";
import type { VaultLogin } from "../vault-login";
import { clockProblems, only, problem, reason, remark, type Findings } from "./finding";

/** What a run writes in Vault, one path of each kind, and the capabilities that it takes. */
export function neededCapabilities({ estate, clusters, scope }: EstatePlan): ReadonlyMap<string, readonly string[]> {
  const mounts = [...clusters.map(({ name }) => authMountName(estate.name, name)), pipelineMountName(estate.name)];
  const platform = [
    [`sys/mounts/${estate.name}`, ["update"]],
    ...mounts.map((mount) => [`sys/auth/${mount}`, ["update", "sudo"]] as const),
  ] as const;
  return new Map<string, readonly string[]>([
    // The provider works with a child of the token.
    ["auth/token/create", ["update"]],
    ...(scope.kind === "tenants" ? [] : platform),
    [`sys/policies/acl/${estate.name}.doctor`, ["update"]],
    ...mounts.map((mount) => [`auth/${mount}/role/doctor`, ["update"]] as const),
    [`${estate.name}/data/doctor`, ["update"]],
  ]);
}

/** The paths at which a token lacks something, of what Vault says it may do: `sys/mounts/acme (update)`. */
export function lackingCapabilities(
  needed: ReadonlyMap<string, readonly string[]>,
  told: Readonly<Record<string, unknown>>,
): string[] {
  return [...needed].flatMap(([path, wanted]) => {
    const found: unknown = told[path];
    const has: readonly unknown[] = Array.isArray(found) ? found : [];
    const lacking = has.includes("root") ? [] : wanted.filter((capability) => !has.includes(capability));
    return lacking.length === 0 ? [] : [`${path} (${lacking.join(", ")})`];
  });
}

/** Seconds that a token should last: as long as the longest run that the program allows. */
const longestRunSeconds = 7200;

/** Whether Vault is there and open, and this login enough. */
export async function checkVault(plan: EstatePlan, login: VaultLogin): Promise<Findings> {
  const { token, caCert, namespace, mistake } = login;
  const address = plan.estate.vaultAddress;
  const place = `Vault (${address}${namespace === undefined ? "" : `, namespace ${namespace}`})`;
  if (mistake !== undefined) return only(problem("F014", place, ...mistake));
  const vault = new VaultClient(address, token, {
    ...(caCert === undefined ? {} : { caCert }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  try {
    const health = await vault.health();
    if (!health.initialized) return only(problem("F011", place, "not initialised", "run `vault operator init`"));
    if (health.sealed) return only(problem("F012", place, "sealed", "unseal it and run this again"));
    if (token === undefined)
      return only(problem("F013", place, "VAULT_TOKEN is not set", "log in, and export VAULT_TOKEN"));
    const own = await vault.request("GET", "auth/token/lookup-self");
    const now = Date.now();
    if (own.status !== 200)
      return only(
        problem("F013", place, `the token is refused (${String(own.status)})`, "log in again, and export VAULT_TOKEN"),
      );
    const data = isRecord(own.body) && isRecord(own.body.data) ? own.body.data : {};
    const seconds = Number(data.ttl);
    const life = seconds === 0 ? "does not expire" : `${String(data.ttl)} s left`;
    const needed = neededCapabilities(plan);
    const told = await vault.request("POST", "sys/capabilities-self", { paths: [...needed.keys()] });
    const lacking =
      told.status === 200 && isRecord(told.body)
        ? lackingCapabilities(needed, isRecord(told.body.data) ? told.body.data : told.body)
        : ["anything that could be asked: its policies let it read no capabilities (sys/capabilities-self)"];
    return {
      checks: [{ what: place, seen: `unsealed, ${health.version ?? "unknown version"}, token ${life}` }],
      problems: [
        ...(lacking.length === 0
          ? []
          : [
              problem(
                "F015",
                place,
                `the token lacks rights: ${lacking.join(", ")}`,
                "log in with a policy that has them",
              ),
            ]),
        ...(seconds > 0 && seconds < longestRunSeconds
          ? [
              remark(
                "F016",
                place,
                `the token lasts ${String(seconds)} s, and a run may take ${String(longestRunSeconds)} s`,
                "renew it (`vault token renew`), or log in again",
              ),
            ]
          : []),
        ...clockProblems(place, own.date, now),
      ],
    };
  } catch (error) {
    return only(problem("F011", place, `unreachable: ${reason(error)}`, "check VAULT_ADDR, the network and Vault"));
  } finally {
    vault.close();
  }
}
