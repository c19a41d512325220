import { isRecord } from "@estate/clients";
import { authMountName, pipelineMountName, pipelinePolicyName, secretPolicyName } from "../../model/names";
import { secretReader, vaultAudience } from "../../model/platform";
import { GitLabSide } from "../../scripts/live/gitlab";
import type { LiveEstate } from "../../scripts/live/home";
import type { Mutant, Outcome } from "./mutant";

const estate = "acme";
const tenant = "team-a";
const environment = "dev";
const home = `${tenant}-${environment}`;
const longest = 3600;

/** Something that Vault must answer; what was wrong with its answer. */
interface Probe {
  readonly what: string;
  readonly fault: () => Promise<string | undefined>;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** How one reader logs in, what it then may, and what others are refused. */
async function probesOf(live: LiveEstate): Promise<{ readonly reader: Probe[]; readonly pipeline: Probe[] }> {
  const { vault } = live;
  const cluster = live.cluster(environment);
  const token = (account: string, audience: string) => cluster.tokenRequest(home, account, [audience], 600);
  const login = async (mount: string, role: string, jwt: string) => {
    const { status, body } = await vault.withToken(undefined).request("POST", `auth/${mount}/login`, { role, jwt });
    const auth = isRecord(body) && isRecord(body["auth"]) ? body["auth"] : {};
    return { status, said: JSON.stringify(body), auth };
  };
  const refused = (what: string, mount: string, role: string, jwt: () => Promise<string>, reason: RegExp): Probe => ({
    what,
    fault: async () => {
      const { status, said } = await login(mount, role, await jwt());
      return status === 400 && reason.test(said)
        ? undefined
        : `awaited 400 and ${String(reason)}, and saw: ${String(status)}`;
    },
  });
  /** What a good login gets: its time, its policies and nothing else, and what they open. */
  const admitted = (
    mount: string,
    role: string,
    jwt: () => Promise<string>,
    policy: string,
    folder: string,
    key: string,
  ): Probe => ({
    what: `${role} at ${mount}`,
    fault: async () => {
      const { status, said, auth } = await login(mount, role, await jwt());
      if (status !== 200) return `no login: ${said}`;
      if (Number(auth["lease_duration"]) > longest) return `a login for ${String(auth["lease_duration"])} s`;
      if (JSON.stringify(auth["token_policies"]) !== JSON.stringify([policy]))
        return `policies ${JSON.stringify(auth["token_policies"])}`;
      const own = vault.withToken(text(auth["client_token"]));
      try {
        const seen: (readonly [string, number, number])[] = [];
        const ask = async (method: string, path: string, awaited: number, body?: object) =>
          seen.push([`${method} ${path}`, (await own.request(method, path, body)).status, awaited]);
        await ask("GET", `${estate}/data/${folder}/${key}`, 200);
        await ask("LIST", `${estate}/metadata/${folder}/`, 200);
        await ask("POST", `${estate}/data/${folder}/${key}`, 403, { data: {} });
        const { body } = await own.request("GET", "auth/token/lookup-self");
        const data = isRecord(body) && isRecord(body["data"]) ? body["data"] : {};
        if (Number(data["explicit_max_ttl"] ?? 0) === 0 && Number(data["creation_ttl"]) > longest)
          return "a token without an end";
        // Renewed as far as it goes, it still ends: asked of the server, because who may renew is not the token's to say.
        const renewed = await vault.request("POST", "auth/token/renew", {
          token: text(auth["client_token"]),
          increment: 10 * longest,
        });
        const lease =
          isRecord(renewed.body) && isRecord(renewed.body["auth"]) ? Number(renewed.body["auth"]["lease_duration"]) : 0;
        if (lease > longest) return `renewed to ${String(lease)} s`;
        if (auth["token_type"] !== "service") return `a token of type ${String(auth["token_type"])}`;
        await ask("GET", "auth/token/lookup-self", 200);
        await ask("POST", "auth/token/revoke-self", 204);
        const wrong = seen.find(([, status, awaited]) => status !== awaited);
        return wrong === undefined
          ? undefined
          : `${wrong[0]}: awaited ${String(wrong[2])}, and saw: ${String(wrong[1])}`;
      } finally {
        own.close();
      }
    },
  });
  const mount = authMountName(estate, environment);
  const ci = pipelineMountName(estate);
  const project = (name: string) => `${live.parent}/${name}/web`;
  await live.gitlab
    .ask("POST", `${GitLabSide.project(project(tenant))}/repository/branches?branch=topic&ref=main`)
    .catch(() => undefined);
  // A tag that is as protected as a branch: only the kind of ref tells them apart.
  const tag = "v1.0.0";
  await live.gitlab.ask("POST", `${GitLabSide.project(project(tenant))}/repository/tags?tag_name=${tag}&ref=main`);
  await live.gitlab.ask("POST", `${GitLabSide.project(project(tenant))}/protected_tags`, { name: tag });
  const job = async (name: string, ref = "main", options: Parameters<GitLabSide["job"]>[3] = {}) =>
    (await live.gitlab.job(project(name), ref, undefined, options)).idToken;
  return {
    reader: [
      admitted(
        mount,
        home,
        () => token(secretReader, vaultAudience),
        secretPolicyName(estate, environment, home),
        `${tenant}/${environment}`,
        "delivery",
      ),
      refused("another account", mount, home, () => token("reconciler", vaultAudience), /subject|sub claim/),
      refused("another audience", mount, home, () => token(secretReader, "https://kubernetes.default.svc"), /audience/),
    ],
    pipeline: [
      admitted(ci, tenant, () => job(tenant), pipelinePolicyName(estate, tenant), `${tenant}/ci`, "credentials"),
      refused("another project", ci, tenant, () => job("team-ab"), /project_path/),
      refused("an unprotected branch", ci, tenant, () => job(tenant, "topic"), /ref_protected/),
      refused("a tag", ci, tenant, () => job(tenant, tag, { refType: "tag" }), /ref_type/),
      refused("another audience", ci, tenant, () => job(tenant, "main", { audience: "else" }), /audience/),
    ],
  };
}

/** The first probe that is not answered as it must be. */
async function noticed(probes: readonly Probe[]): Promise<string | undefined> {
  for (const { what, fault } of probes) {
    const found = await fault();
    if (found !== undefined) return `${what}: ${found}`;
  }
  return undefined;
}

/** Fields of a role that say who logs in, and what a login gets; Vault tells more of them, which are as if absent. */
const fields = [
  "bound_subject",
  "bound_audiences",
  "bound_claims",
  "token_policies",
  "token_no_default_policy",
  "token_ttl",
  "token_max_ttl",
  "token_type",
  "user_claim",
];
const nothing: Readonly<Record<string, unknown>> = {
  bound_subject: "",
  bound_audiences: [],
  token_policies: [],
  token_no_default_policy: false,
  token_ttl: 0,
  token_max_ttl: 0,
  token_type: "batch",
  user_claim: "",
};

/** Takes out each line of a reader's policy and role, and of a pipeline's, and looks at what Vault then answers. */
export async function mutateVault(live: LiveEstate): Promise<Outcome[]> {
  const { vault } = live;
  const probes = await probesOf(live);
  const outcomes: Outcome[] = [];
  const sound = (await noticed(probes.reader)) ?? (await noticed(probes.pipeline));
  if (sound !== undefined) throw new Error(`Vault does not answer as it must before anything is taken out: ${sound}`);
  const look = async (mutant: Mutant, own: readonly Probe[], refusedByVault?: string): Promise<void> => {
    const seen = refusedByVault ?? (await noticed(own));
    outcomes.push({ ...mutant, ...(seen === undefined ? {} : { noticed: seen }) });
  };
  const policies = [
    { name: secretPolicyName(estate, environment, home), own: probes.reader },
    { name: pipelinePolicyName(estate, tenant), own: probes.pipeline },
  ];
  for (const { name, own } of policies) {
    const path = `sys/policies/acl/${name}`;
    const whole = text((await vault.read(path))?.data["policy"]);
    const lines = whole.split("\n");
    for (const [index, line] of lines.entries()) {
      await vault.write(path, { policy: lines.filter((_, at) => at !== index).join("\n") });
      await look({ of: `Vault policy ${name}`, without: line }, own);
    }
    await vault.write(path, { policy: whole });
  }
  const roles = [
    { path: `auth/${authMountName(estate, environment)}/role/${home}`, own: probes.reader },
    { path: `auth/${pipelineMountName(estate)}/role/${tenant}`, own: probes.pipeline },
  ];
  for (const { path, own } of roles) {
    const whole = (await vault.read(path))?.data ?? {};
    const changes = fields.flatMap(
      (field): { readonly without: string; readonly changed: Record<string, unknown> }[] => {
        const value = whole[field];
        if (field === "bound_claims")
          return Object.keys(isRecord(value) ? value : {}).map((claim) => ({
            without: `${field}: ${claim}`,
            changed: {
              [field]: Object.fromEntries(
                Object.entries(isRecord(value) ? value : {}).filter(([key]) => key !== claim),
              ),
            },
          }));
        if (value === undefined || value === null || value === "" || value === 0) return [];
        return [{ without: field, changed: { [field]: nothing[field] } }];
      },
    );
    for (const { without, changed } of changes) {
      const { status, body } = await vault.request("POST", path, { ...whole, ...changed });
      const refusal = status < 300 ? undefined : `Vault takes no such role: ${JSON.stringify(body)}`;
      await look({ of: `Vault role ${path}`, without }, own, refusal);
      await vault.write(path, whole);
    }
  }
  const after = (await noticed(probes.reader)) ?? (await noticed(probes.pipeline));
  if (after !== undefined) throw new Error(`Vault does not answer as before: ${after}`);
  return outcomes;
}
