import { describe, expect, it } from "vitest";
import { gitlabInstallation } from "../../plan/controlplane/data";
import { gitlabValues } from "../../plan/controlplane/gitlab";
import { harborSignOn } from "../../plan/controlplane/harbor";
import { cognitoIssuer } from "../../plan/controlplane/identity";
import { platformPolicy } from "../../plan/controlplane/vault";
import { vaultConfig, vaultValues } from "../../plan/controlplane/vault-values";
import { shortHash } from "../../model/hash";
import { installingSettings } from "../support/control-plane";
import { plan, settings } from "../support/fixtures";

const planned = (change: Record<string, unknown> = {}) => plan([], installingSettings(change)).controlPlane;

describe("the plan of the control plane", () => {
  it("is empty where all services are brought along", () => {
    expect(plan([], settings()).controlPlane).toEqual({ cluster: "control-plane" });
  });

  it("is plain data, and the same each time", () => {
    const one = planned();
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
    expect(JSON.stringify(planned())).toBe(JSON.stringify(one));
  });

  it("holds no Secret, and names those that the run fills", () => {
    const text = JSON.stringify(planned());
    expect(text).not.toContain('"kind":"Secret","metadata"');
    expect(text).not.toMatch(/"(stringData|password)":"[^"]/);
  });
});

describe("Vault's values", () => {
  const own = installingSettings().vault.install;
  if (own === undefined) throw new Error("nothing is installed");
  const place = { estate: "acme", clusters: ["dev"], host: "vault.example.com", ownAuthority: false };

  it("are ready before somebody initialises it, and open themselves", () => {
    expect(vaultValues(own, place)).toMatchObject({
      global: { tlsDisable: false },
      server: {
        readinessProbe: { path: "/v1/sys/health?standbyok=true&sealedcode=204&uninitcode=204" },
        ha: { enabled: true, replicas: 3, raft: { enabled: true, setNodeId: true } },
      },
    });
    const config = vaultConfig(own, place);
    expect(config).toContain('seal "awskms" {\n  region = "eu-central-1"\n  kms_key_id = "alias/acme-vault"\n}');
    expect(config.match(/retry_join/g)).toHaveLength(3);
    expect(config).toContain('leader_tls_servername = "vault.example.com"');
    expect(config).not.toContain("tls_disable");
    expect(config).not.toContain("leader_ca_cert_file");
    expect(vaultConfig(own, { ...place, ownAuthority: true })).toContain('leader_ca_cert_file = "/vault/tls/ca.crt"');
  });

  it("give the platform what carries the estate's name, each star behind the whole of a name", () => {
    const policy = platformPolicy("acme", ["dev", "prod"]);
    const paths = [...policy.matchAll(/^path "([^"]+)" \{ capabilities = \[(.*)\] \}$/gm)];
    expect(paths.length).toBe(policy.split("\n").length);
    for (const [, path = "", rights = ""] of paths) {
      if (rights.includes("deny")) continue;
      if (path.includes("*")) expect(path).toMatch(/^(acme\/\*|auth\/acme-[a-z]+\/\*|sys\/policies\/acl\/acme\.\*)$/);
    }
    expect(policy).not.toContain("+");
  });

  it("stay as they are while nothing changes, and the Job has another name when its script does", () => {
    const names = [
      planned().vault?.job.metadata.name,
      planned({ domain: "other.example.com" }).vault?.job.metadata.name,
    ];
    expect(names[0]).toMatch(/^vault-bootstrap-[a-z0-9]{8}$/);
    expect(names[0]).not.toBe(names[1]);
    expect(shortHash("a")).not.toBe(shortHash("b"));
  });
});

describe("GitLab's values", () => {
  const { release } = planned().gitlab ?? {};

  it("bring none of the charts inside, and name data from outside: chart 10 has none of its own", () => {
    expect(release?.values).toMatchObject({
      global: {
        psql: {
          host: "gitlab.db.example.com",
          password: { useSecret: true, secret: "gitlab-postgres", key: "password" },
        },
        redis: { host: "gitlab.redis.example.com", scheme: "rediss" },
        gatewayApi: { enabled: true, installEnvoy: false, gatewayRef: { name: "platform", namespace: "gateway" } },
        ingress: { enabled: false },
        railsSecrets: { secret: "gitlab-rails" },
        initialRootPassword: { secret: "gitlab-root", key: "password" },
        appConfig: {
          object_store: { enabled: true, connection: { secret: "gitlab-objects", key: "connection" } },
          artifacts: { bucket: "acme-gitlab-artifacts" },
          omniauth: { allowSingleSignOn: ["openid_connect"], providers: [{ secret: "gitlab-oidc", key: "provider" }] },
        },
      },
      installCertmanager: false,
      prometheus: { install: false },
      "nginx-ingress": { enabled: false },
      "gitlab-runner": { install: false },
      registry: { enabled: false },
    });
  });

  it("ask for no single sign-on where there is no provider", () => {
    const { install } = installingSettings().gitlab;
    if (install === undefined) throw new Error("nothing is installed");
    const own = gitlabInstallation(install);
    const place = { host: "gitlab.example.com", ownAuthority: true, singleSignOn: false, expires: "2027-11-01" };
    expect(JSON.stringify(gitlabValues(own, place))).not.toContain("omniauth");
    expect(gitlabValues(own, place)).toMatchObject({
      global: { certificates: { customCAs: [{ secret: "platform-authority", keys: ["ca.crt"] }] } },
    });
  });
});

describe("Harbor's values", () => {
  it("take every secret that the chart would else make anew at each rendering", () => {
    const { values } = planned().registry?.release ?? {};
    expect(values).toMatchObject({
      existingSecretAdminPassword: "harbor-admin",
      existingSecretSecretKey: "harbor-encryption",
      core: {
        existingSecret: "harbor-core-secret",
        existingXsrfSecret: "harbor-xsrf",
        secretName: "harbor-token-signer",
      },
      jobservice: { existingSecret: "harbor-jobservice-secret" },
      registry: { existingSecret: "harbor-registry-secret", credentials: { existingSecret: "harbor-registry-login" } },
      database: { type: "external", external: { existingSecret: "harbor-postgres", sslmode: "require" } },
      redis: { type: "external", external: { existingSecret: "harbor-redis" } },
    });
  });

  it("say how people log in by the words that Harbor knows", () => {
    const said: unknown = JSON.parse(
      harborSignOn({
        issuer: "https://i",
        clientId: "harbor",
        clientSecret: "s",
        groupsClaim: "groups",
        adminGroup: "a",
      }),
    );
    expect(said).toMatchObject({ auth_mode: "oidc_auth", oidc_groups_claim: "groups", oidc_admin_group: "a" });
  });
});

describe("the identity provider", () => {
  it("is any issuer, a user pool, or OpenUnison", () => {
    const issuer = (identity: Record<string, unknown>) => planned({ identity }).identity;
    expect(issuer({ kind: "oidc", issuer: "https://login.example.com/", groupsClaim: "roles" })).toMatchObject({
      issuer: "https://login.example.com",
      groupsClaim: "roles",
      adminGroup: "platform-admins",
    });
    expect(issuer({ kind: "cognito", region: "eu-central-1", userPool: "eu-central-1_AbC" })).toMatchObject({
      issuer: cognitoIssuer("eu-central-1", "eu-central-1_AbC"),
      groupsClaim: "cognito:groups",
    });
    const upstream = { issuer: "https://login.example.com", clientId: "estate" };
    expect(issuer({ kind: "openunison", upstream })).toMatchObject({
      issuer: "https://k8sou.control-plane.platform.example.com/auth/idp/k8sIdp",
      openUnison: { satellites: [{ cluster: "dev" }, { cluster: "prod" }] },
    });
    expect(issuer({})).toBeUndefined();
  });
});
