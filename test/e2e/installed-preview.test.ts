import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { policyPack } from "../../scripts/policy-pack";
import { pulumi } from "../../scripts/pulumi-cli";
import { TestProject } from "../support/project";

// Services that Estate installs, in the first preview of the real engine: no address is known yet, nothing is asked of a
// service that is not there, and all that a tenant gets is in the preview. Here it cannot go further: there are no nodes.

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "environments: [dev]");
  project.settings(
    / {2}estate:gitlab:\n {4}parent: .*\n/,
    `  estate:gitlab:
    parent: acme/tenants
    install:
      postgres: { host: gitlab.db.example.com }
      redis: { host: gitlab.redis.example.com }
      objects: { region: eu-central-1, bucketPrefix: acme-gitlab }
  estate:vault:
    install: { seal: { kind: awskms, region: eu-central-1, keyId: alias/acme-vault } }
  estate:entrance: { issuer: { kind: authority } }
  estate:identity: { kind: oidc, issuer: "https://login.example.com" }
  estate:addons: { cert-manager: {}, gateway-crds: {}, envoy-gateway: {} }
`,
  );
  project.settings(
    / {2}estate:registry:\n {4}kind: harbor\n/,
    `  estate:registry:
    kind: harbor
    install:
      postgres: { host: harbor.db.example.com }
      redis: { host: harbor.redis.example.com }
      objects: { region: eu-central-1, bucket: acme-harbor }
`,
  );
});
afterAll(() => project.end());

const passwords = Object.fromEntries(
  ["GITLAB_POSTGRES", "GITLAB_REDIS", "HARBOR_POSTGRES", "HARBOR_REDIS"].map((name) => [
    `${name}_PASSWORD`,
    `hidden-${name}`,
  ]),
);
const clients = { GITLAB_OIDC_CLIENT_SECRET: "hidden-gitlab", HARBOR_OIDC_CLIENT_SECRET: "hidden-harbor" };

/** Without logins of services that are not there, and judged by the policy pack. */
async function preview(extra: Readonly<Record<string, string>>) {
  const { cwd, env } = project.context;
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !/^(VAULT|GITLAB|HARBOR)_/.test(name)));
  const pack = await policyPack(join(project.sandbox.dir, "policy"));
  return pulumi(pack.within({ cwd, env: { ...own, ...extra } }), "preview", "--stack", "dev", ...pack.args);
}

it("are told what is missing, before anything is asked", async () => {
  const { code, output } = await preview(clients);
  expect(code).not.toBe(0);
  for (const name of Object.keys(passwords)) expect(output).toContain(`${name} is not set`);
});

it("are previewed with all of a tenant, while no service is there", async () => {
  const { code, output } = await preview({ ...passwords, ...clients });
  expect(output).not.toContain("hidden-");
  expect(code, output.slice(-3000)).toBe(0);
  // The pack has seen it all, and tells what the chart of Vault is behind.
  expect(output).toMatch(/estate@v0\.1\.0/);
  expect(output).toMatch(/\[advisory\].*version-floors-behind/);
  expect(output).not.toContain("[mandatory]");
  for (const name of [
    "control-plane/release/vault",
    "control-plane/release/gitlab",
    "control-plane/release/harbor",
    "control-plane/flux-system/ResourceSet/control-plane",
    "gitlab/team-a/ops-dev",
    "registry/acme-team-a-project",
    "dev/vault/team-a-dev-role",
    "dev/Namespace/team-a-dev",
  ])
    expect(output).toContain(name);
});
