import { KubernetesClient, VaultClient } from "@estate/clients";
import { checkout } from "@estate/sandbox";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readerPolicy } from "../../components/vault/secrets";
import { builtin } from "../../features";
import { renderManifests } from "../../model/rendering";
import { planEstate } from "../../plan/plan";
import { GitLabSide, type Login } from "../../scripts/live/gitlab";
import { loadInputs } from "../../tenants/inputs";
import { basic } from "../sandbox/harbor/oci-client";
import { Credentials } from "../support/credentials";
import { dumpRepositories } from "../support/git-content";
import { TestProject } from "../support/project";
import { credentialFiles, leaks } from "../support/secrets";

// A tenant leaves: every credential that it was given is tried in each state of its life, beside those of a tenant that stays. And
// of all secrets that were used on the way, none is to be found where it has no place.

let project: TestProject;
let vault: VaultClient;
let gitlab: GitLabSide;
let credentials: Credentials;
let printed: string;
const clusters = new Map<string, KubernetesClient>();

const on = (cluster: string): KubernetesClient => {
  const client = clusters.get(cluster);
  if (client === undefined) throw new Error(`no client for ${cluster}`);
  return client;
};

/** What must be nowhere in clear, by what it is. */
const planted: Record<string, string> = {};

/** Text that takes another form in each of the encodings. */
const canary = (name: string): string =>
  (planted[name] = `canary ${name} "q"+/?&=\\ ${String(Math.random()).slice(2)}`);
/** The same where only plain characters pass: a header, a user's part of an address. */
const plainCanary = (name: string): string =>
  (planted[name] = `canary-${name}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`);

/**
 * Lines in which Pulumi's own engine tells each property that it hands on, secrets in clear, where a person asks for its log. No
 * program can stop it; docs/architecture.md says so. All its other lines are searched.
 */
const traced = /"msg":"(?:(?:Unm|M)arshaling property for RPC|RegisterResource RPC finished|eventSink::Debug\()/;
let tracedLines = "";

/** Keeps what was printed, to be searched. */
function keep(name: string, output: string): void {
  const lines = output.split("\n");
  tracedLines += lines.filter((line) => traced.test(line)).join("\n");
  writeFileSync(join(printed, name), lines.filter((line) => !traced.test(line)).join("\n"));
}

let runs = 0;
/** Runs Pulumi, keeps what it says to be searched, and gives its exit code. */
async function run(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const { code, output } = await project.pulumi(...args);
  keep(`${String((runs += 1))}-${args[0] ?? ""}.log`, output);
  return { code, output };
}
async function up(talkative = false): Promise<void> {
  const { code, output } = await run("up", "--yes", "--skip-preview", ...(talkative ? ["-v=9", "--logtostderr"] : []));
  if (code !== 0) throw new Error(`pulumi up ended with ${String(code)}:\n${output.slice(-4000)}`);
}

const leaving = ["applications: [{ name: web }]"];
const inState = (state: string): void => project.tenant("team-a", ...leaving, `lifecycle: { state: ${state} }`);

/** The status of something that a credential opens. */
interface Probe {
  readonly name: string;
  readonly ask: () => Promise<number>;
}

const namespaces = [
  ["dev", "dev"],
  ["prod", "prod"],
] as const;

async function remember(tenant: string, when: string): Promise<void> {
  for (const [environment] of namespaces) {
    const { password, receiverToken } = await credentials.ofDelivery(tenant, environment);
    const { dockerconfigjson = "{}" } = await credentials.ofDelivery(tenant, environment);
    const { auths = {} } = JSON.parse(dockerconfigjson) as { readonly auths?: Readonly<Record<string, Login>> };
    Object.assign(planted, {
      [`${when}: ${tenant}/${environment} deploy token`]: password,
      [`${when}: ${tenant}/${environment} receiver token`]: receiverToken,
      [`${when}: ${tenant}/${environment} pull robot`]: Object.values(auths)[0]?.password ?? "",
    });
  }
  const { password, promote_prod } = await credentials.ofPipelines(tenant);
  Object.assign(planted, { [`${when}: ${tenant} push robot`]: password });
  if (promote_prod !== undefined) planted[`${when}: ${tenant} promotion`] = promote_prod;
}

const repository = (tenant: string, name: string): string => `acme/tenants/${tenant}/${name}`;

async function fetched(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const answer = await fetch(url, { headers: { ...headers, connection: "close" } });
  await answer.arrayBuffer();
  return answer.status;
}

const git = (tenant: string, name: string, login: Login, service: "upload" | "receive"): Promise<number> =>
  fetched(`${project.sandbox.gitlab.url}/${repository(tenant, name)}.git/info/refs?service=git-${service}-pack`, {
    authorization: basic(login),
  });

/** Every credential that a tenant was given, each with what it opens. */
async function everything(tenant: string): Promise<Probe[]> {
  const probes: Probe[] = [];
  const probe = (name: string, ask: Probe["ask"]): unknown => probes.push({ name, ask });
  const ofPipelines = await credentials.ofPipelines(tenant);

  for (const [environment, cluster] of namespaces) {
    const namespace = `${tenant}-${environment}`;
    const jwt = await on(cluster).tokenRequest(namespace, "secret-reader", ["vault"], 3600);
    const reader = await credentials.login(`acme-${cluster}`, namespace, jwt);
    probe(
      `Vault token of ${environment}`,
      async () => (await reader.request("GET", `acme/data/${tenant}/${environment}/delivery`)).status,
    );
    const again = async (): Promise<number> =>
      (await vault.withToken(undefined).request("POST", `auth/acme-${cluster}/login`, { role: namespace, jwt })).status;
    probe(`Vault login of ${environment}`, again);

    const delivery = await credentials.git(tenant, environment);
    probe(`deploy token of ${environment}`, () => git(tenant, `ops-${environment}`, delivery, "upload"));
    const pulling = await credentials.pulling(tenant, environment);
    const tags = `/v2/acme-${tenant}/web/tags/list`;
    probe(`pull robot of ${environment}`, async () => (await pulling.request("GET", tags)).status);

    const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "probe" } };
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const reconciler = await on(cluster).tokenRequest(namespace, "reconciler", [], 3600);
    const dry = { query: { dryRun: "All" }, body: config };
    probe(
      `reconciler in ${environment}`,
      async () => (await on(cluster).request("POST", path, { ...dry, token: reconciler })).status,
    );
    const account = await on(cluster).tokenRequest(namespace, "secret-reader", [], 3600);
    const review = { body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" }, token: account };
    probe(
      `ServiceAccount in ${environment}`,
      async () =>
        (await on(cluster).request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review)).status,
    );
    for (const group of ["owners", "developers", "operations"]) {
      const impersonate = { user: `one-of-${group}`, groups: [`${tenant}-${group}`, "system:authenticated"] };
      probe(
        `${group} look in ${environment}`,
        async () => (await on(cluster).request("GET", path, { impersonate })).status,
      );
      if (environment === "dev" && group !== "operations")
        probe(
          `${group} change in dev`,
          async () => (await on(cluster).request("POST", path, { ...dry, impersonate })).status,
        );
    }
    const receiver = `/apis/notification.toolkit.fluxcd.io/v1/namespaces/${namespace}/receivers/operations`;
    probe(`receiver in ${environment}`, async () => (await on(cluster).request("GET", receiver)).status);
    const kept = `/api/v1/namespaces/${namespace}/secrets/git-credentials`;
    probe(`kept credential in ${environment}`, async () => (await on(cluster).request("GET", kept)).status);
  }

  const pushing = await credentials.pushing(tenant);
  probe("push robot", async () => (await pushing.request("POST", `/v2/acme-${tenant}/web/blobs/uploads/`)).status);
  const promotion = ofPipelines["promote_prod"] ?? "";
  const merges = `${project.sandbox.gitlab.url}/api/v4/projects/${encodeURIComponent(repository(tenant, "ops-prod"))}/merge_requests`;
  probe("promotion", () => fetched(merges, { "private-token": promotion }));
  const { idToken } = await gitlab.job(repository(tenant, "web"));
  const pipeline = await credentials.login("acme-ci", tenant, idToken);
  probe(
    "Vault token of a pipeline",
    async () => (await pipeline.request("GET", `acme/data/${tenant}/ci/credentials`)).status,
  );

  for (const [role, level] of [
    ["owners", 40],
    ["developers", 30],
  ] as const) {
    const person = await gitlab.member(`${tenant}-${role}`, `acme/tenants/${tenant}/roles/${role}`, level);
    probe(`${role} read in GitLab`, () => git(tenant, "ops-dev", person, "upload"));
    probe(`${role} push in GitLab`, () => git(tenant, "ops-dev", person, "receive"));
  }
  return probes;
}

const answers = async (probes: readonly Probe[]): Promise<Record<string, number>> => {
  const told: Record<string, number> = {};
  for (const { name, ask } of probes) told[name] = await ask();
  return told;
};

const good = (status: number): boolean => status >= 200 && status < 300;
const opened = (told: Readonly<Record<string, number>>): string[] =>
  Object.entries(told)
    .filter(([, status]) => good(status))
    .map(([name]) => name)
    .sort();

let leaver: Probe[];
let stayer: Probe[];

/** What the table of docs/architecture.md leaves a suspended tenant: its credentials, and looking. */
const whileSuspended = (name: string): boolean => !/^reconciler|change in|push in GitLab/.test(name);

beforeAll(async () => {
  project = await TestProject.start();
  printed = join(project.folder, "printed");
  mkdirSync(printed);
  const issued = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  project.settings(/issued: "[^"]*"/, `issued: "${issued}"`);
  project.tenant("team-a", ...leaving);
  project.tenant("team-ab", ...leaving);
  for (const context of Object.keys(project.sandbox.clusters))
    clusters.set(context, KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context }));
  vault = new VaultClient(project.sandbox.vault.address, project.sandbox.vault.token);
  gitlab = new GitLabSide(project.sandbox.gitlab);
  credentials = new Credentials(vault, project.sandbox.harbor.url);

  Object.assign(planted, {
    "Vault's token": project.sandbox.vault.token,
    "GitLab's token": project.sandbox.gitlab.token,
    "Harbor's password": project.sandbox.harbor.password,
  });
  const kubeconfig = readFileSync(project.sandbox.kubeconfig, "utf8");
  for (const [index, match] of [...kubeconfig.matchAll(/token: "?([^"\s]+)/g)].entries())
    planted[`token of cluster ${String(index)}`] = match[1] ?? "";
  await project.succeed("config", "set", "--secret", "notes:canary", canary("in the stack's settings"));
  await up(true);
  for (const tenant of ["team-a", "team-ab"]) {
    for (const [environment] of namespaces)
      await vault.write(`acme/data/${tenant}/${environment}/database`, {
        data: { password: canary(`${tenant} ${environment}`) },
      });
    await remember(tenant, "first");
    for (const purpose of ["push"] as const)
      expect([
        "push",
        (await (await credentials.pushing(tenant)).pushImage(`acme-${tenant}/web`, "1.0.0", Buffer.from(purpose)))
          .status,
      ]).toEqual(["push", 201]);
  }
});

afterAll(async () => {
  for (const client of clusters.values()) client.close();
  vault.close();
  gitlab.end();
  await project.end();
});

describe("a tenant that leaves", () => {
  beforeAll(async () => {
    // Renewed once, so that there are credentials of before, too.
    project.settings(/issued: "[^"]*"/, `issued: "${new Date().toISOString().slice(0, 10)}"`);
    await up();
    for (const tenant of ["team-a", "team-ab"]) await remember(tenant, "renewed");
    leaver = await everything("team-a");
    stayer = await everything("team-ab");
  });

  it("has credentials that all work while it is active", async () => {
    for (const probes of [leaver, stayer])
      expect(Object.entries(await answers(probes)).filter(([, status]) => !good(status))).toEqual([]);
    expect(leaver.length).toBeGreaterThanOrEqual(30);
  });

  it("keeps its credentials while it is suspended; its people only look, and nothing is delivered", async () => {
    inState("suspended");
    await up();
    const told = await answers(leaver);
    expect(opened(told)).toEqual(
      leaver
        .map(({ name }) => name)
        .filter(whileSuspended)
        .sort(),
    );
    for (const { name } of leaver.filter((each) => !whileSuspended(each.name)))
      expect([name, told[name]]).toEqual([name, 403]);
  });

  it("has none left once it is retiring, but its ServiceAccounts, which may do nothing", async () => {
    inState("retiring");
    await up();
    const told = await answers(leaver);
    expect(opened(told)).toEqual(["ServiceAccount in dev", "ServiceAccount in prod"]);
    // 400 is how Vault refuses a role that is not there; 404 is what GitLab says of what one may not see, and Kubernetes of what is gone.
    expect(new Set(Object.values(told))).toEqual(new Set([201, 400, 401, 403, 404]));
    expect(Object.entries(told).filter(([name, status]) => status === 400 && !name.startsWith("Vault login"))).toEqual(
      [],
    );
    expect(
      Object.entries(told)
        .filter(([name, status]) => status === 404 && !/^(receiver|kept|owners|developers)/.test(name))
        .map(([name]) => name),
    ).toEqual([]);
    expect(opened(await answers(stayer))).toEqual(stayer.map(({ name }) => name).sort());
  });

  it("has no old token in Vault that comes back to life with its policy, once they were revoked", async () => {
    const ofDev = leaver.filter(({ name }) => name === "Vault token of dev");
    const policy = "sys/policies/acl/acme.dev.team-a-dev.read";
    const revive = (): Promise<unknown> =>
      vault.request("PUT", policy, { policy: readerPolicy("acme", ["team-a/dev"]) });
    await vault.write("acme/data/team-a/dev/delivery", { data: { password: canary("of a revived folder") } });
    await revive();
    // Without this control the refusal below could be the policy's.
    expect(await answers(ofDev)).toEqual({ "Vault token of dev": 200 });
    const revoked = spawnSync(
      process.execPath,
      ["--import", "tsx", join(checkout, "scripts", "revoke.ts"), "--tenant", "team-a"],
      { cwd: project.dir, encoding: "utf8", env: { ...process.env, ...project.sandbox.env() } },
    );
    writeFileSync(join(printed, "revoke.log"), revoked.stdout + revoked.stderr);
    expect([revoked.status, revoked.stderr]).toEqual([0, ""]);
    expect(revoked.stdout).toContain("ok: 3 logins of team-a ended in Vault");
    expect(await answers(ofDev)).toEqual({ "Vault token of dev": 403 });
    await vault.delete(policy);
    await vault.delete("acme/metadata/team-a/dev/delivery");
    expect(opened(await answers(stayer))).toEqual(stayer.map(({ name }) => name).sort());
  });

  it("is not revoked while it would log in again", () => {
    const refused = spawnSync(
      process.execPath,
      ["--import", "tsx", join(checkout, "scripts", "revoke.ts"), "--tenant", "team-ab"],
      { cwd: project.dir, encoding: "utf8", env: { ...process.env, ...project.sandbox.env() } },
    );
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("its state is active")]);
  });

  it("leaves nothing once it is removed, and nothing of the other's is touched", async () => {
    inState("removed");
    await up(true);
    const told = await answers(leaver);
    expect(opened(told)).toEqual([]);
    expect([told["ServiceAccount in dev"], told["reconciler in dev"], told["push robot"]]).toEqual([401, 401, 401]);
    const left = (await project.inventory()).filter(({ tenant }) => tenant === "team-a");
    // What others put there: the tenant's people into their folders in Vault, which nobody can read any more, and this test as
    // somebody who looks after a group that GitLab deletes in some days.
    expect(left.map(({ plane, what }) => `${plane} ${what}`).sort()).toEqual([
      "gitlab Member team-a-developers",
      "gitlab Member team-a-owners",
      "vault Secret team-a/dev/database",
      "vault Secret team-a/prod/database",
    ]);
    expect(opened(await answers(stayer))).toEqual(stayer.map(({ name }) => name).sort());
  });

  it("leaves its name reserved: a run without its file is stopped, and one with it changes nothing", async () => {
    project.removeTenant("team-a");
    const { code, output } = await run("up", "--yes", "--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /tenant-team-a.*cannot be deleted|cannot delete[^\n]*tenant-team-a|protected[^\n]*tenant-team-a/s,
    );
    inState("removed");
    await project.succeed("preview", "--expect-no-changes");
  });
});

describe("a run that fails", () => {
  it("tells no secret: neither a credential that is refused, nor one that stands where none may", async () => {
    const token = plainCanary("refused-token");
    project.tenant("doomed", "environments: [dev]");
    const env = { ...process.env, ...project.context.env, GITLAB_TOKEN: token };
    const failed = spawnSync(
      "pulumi",
      ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev", "-v=9", "--logtostderr"],
      {
        cwd: project.dir,
        encoding: "utf8",
        env,
        maxBuffer: 512 * 1024 * 1024,
      },
    );
    keep("failed.log", failed.stdout + failed.stderr);
    expect(failed.status).not.toBe(0);
    expect(failed.stdout + failed.stderr).toMatch(/401/);
    project.removeTenant("doomed");

    const inAddress = plainCanary("in-an-address");
    project.tenant(
      "careless",
      `applications: [{ name: web, source: { kind: existing, repository: "https://user:${inAddress}@git.example.com/x.git" } }]`,
    );
    const mistaken = await run("preview");
    project.removeTenant("careless");
    expect(mistaken.code).not.toBe(0);
    expect(mistaken.output).toContain("tenants/careless.yaml");
  });
});

describe("of the secrets that were used on the way", () => {
  it("none is in state, history, backups, logs, Git, rendered manifests or what was printed; what is no secret is found there", () => {
    const repositories = dumpRepositories(project.sandbox.dir, join(printed, "git"));
    const { tenants } = planEstate({
      ...loadInputs({
        projectDir: project.dir,
        stack: "dev",
        features: builtin,
        environment: { ...process.env, ...project.context.env },
      }),
      features: builtin,
    });
    const manifests = tenants.flatMap(({ homes }) =>
      homes.flatMap(({ namespace, objects }) => [namespace, ...objects]),
    );
    writeFileSync(join(printed, "rendered.yaml"), renderManifests(manifests));

    expect(new Set(Object.values(planted)).size).toBeGreaterThanOrEqual(25);
    expect(repositories).toBeGreaterThanOrEqual(5);
    // GitLab keeps hooks' tokens where it needs them, as the real one does in its database.
    const except = [...credentialFiles, /^gitlab\/data\/state\.json$/];
    expect(leaks(project.sandbox.dir, planted, except)).toEqual([]);
    expect(leaks(printed, planted, [])).toEqual([]);
    expect(leaks(project.dir, planted, [])).toEqual([]);

    // The log was one that would tell: the engine's own lines in it do.
    expect(Object.values(planted).some((value) => tracedLines.includes(value))).toBe(true);

    const clear = { owner: "team-ab@example.com" };
    const places = [...leaks(project.sandbox.dir, clear, []), ...leaks(printed, clear, [])].map(({ file }) => file);
    for (const place of [
      /\.pulumi\/stacks\/estate\/dev\.json$/,
      /\.pulumi\/history\//,
      /\.pulumi\/backups\//,
      /^git\//,
      /^rendered\.yaml$/,
      /-up\.log$/,
    ])
      expect([String(place), places.some((file) => place.test(file))]).toEqual([String(place), true]);
  });
});
