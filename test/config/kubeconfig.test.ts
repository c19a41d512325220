import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readClusterAccess } from "../../config/kubeconfig";
import type { Settings } from "../../config/schema";
import { readAddresses } from "../../config/services";
import type { ClusterAccesses } from "../../model/cluster-access";
import { formatProblem, sortProblems } from "../../model/problem";
import { settings } from "../support/fixtures";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "estate-kubeconfig-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

interface Entry {
  readonly name: string;
  readonly cluster?: object;
  readonly user?: object;
}

/** A kubeconfig with one context for each entry. */
function write(file: string, ...entries: Entry[]): string {
  const path = join(dir, file);
  mkdirSync(join(path, ".."), { recursive: true });
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: entries.map(({ name, cluster }) => ({
      name,
      cluster: cluster ?? { server: `https://${name}.example.com:6443` },
    })),
    users: entries.map(({ name, user }) => ({ name: `${name}-admin`, user: user ?? { token: `token-of-${name}` } })),
    contexts: entries.map(({ name }) => ({ name, context: { cluster: name, user: `${name}-admin`, namespace: "x" } })),
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

function problems(environment: Record<string, string>, of = settings()): string[] {
  return sortProblems(readClusterAccess(of, environment).problems).map(formatProblem);
}

/** Insists that nothing is wrong. */
function accessIn(environment: Record<string, string>): ClusterAccesses {
  const { value, problems: wrong } = readClusterAccess(settings(), environment);
  if (value === undefined) throw new Error(wrong.map(formatProblem).join("\n"));
  return value;
}

const three = [{ name: "control-plane" }, { name: "dev" }, { name: "prod" }];

describe("readClusterAccess", () => {
  it("makes one small kubeconfig for each cluster", () => {
    const KUBECONFIG = write("config", ...three, { name: "other" });
    const { dev } = accessIn({ KUBECONFIG });
    expect(dev).toMatchObject({ context: "dev", server: "https://dev.example.com:6443" });
    expect(JSON.parse(dev?.kubeconfig ?? "")).toEqual({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "dev",
      clusters: [{ name: "dev", cluster: { server: "https://dev.example.com:6443" } }],
      contexts: [{ name: "dev", context: { cluster: "dev", user: "dev-admin", namespace: "x" } }],
      users: [{ name: "dev-admin", user: { token: "token-of-dev" } }],
    });
  });

  it("looks into the home folder when KUBECONFIG says nothing", () => {
    write(".kube/config", ...three);
    expect(accessIn({ HOME: dir, KUBECONFIG: "" })["prod"]?.server).toBe("https://prod.example.com:6443");
  });

  it("merges as kubectl does: the first wins, missing files are passed over", () => {
    const first = write("first", { name: "dev", user: { token: "first" } });
    const second = write("second", ...three);
    const access = accessIn({
      KUBECONFIG: [first, join(dir, "missing"), "", second].join(delimiter),
    });
    expect(access["dev"]?.kubeconfig).toContain('"token":"first"');
    expect(access["prod"]?.kubeconfig).toContain("token-of-prod");
  });

  it("reads the authority, and makes other files absolute", () => {
    mkdirSync(join(dir, "pki"));
    writeFileSync(join(dir, "pki/ca.crt"), "-----BEGIN CERTIFICATE-----\nfile\n");
    const data = Buffer.from("-----BEGIN CERTIFICATE-----\ninline\n").toString("base64");
    const KUBECONFIG = write(
      "config",
      { name: "control-plane", cluster: { server: "https://c:1", "certificate-authority-data": data } },
      {
        name: "dev",
        cluster: { server: "https://d:1", "certificate-authority": "pki/ca.crt" },
        user: { "client-certificate": "pki/a.crt", "client-key": "/b.key", tokenFile: "t" },
      },
      {
        name: "prod",
        user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "./login", args: ["x"] } },
      },
    );
    writeFileSync(join(dir, "login"), "");
    chmodSync(join(dir, "login"), 0o755);
    const access = accessIn({ KUBECONFIG });
    expect(access["control-plane"]?.caPem).toBe("-----BEGIN CERTIFICATE-----\ninline\n");
    expect(access["dev"]?.caPem).toBe("-----BEGIN CERTIFICATE-----\nfile\n");
    expect(JSON.parse(access["dev"]?.kubeconfig ?? "")).toMatchObject({
      clusters: [
        {
          cluster: {
            "certificate-authority-data": Buffer.from("-----BEGIN CERTIFICATE-----\nfile\n").toString("base64"),
          },
        },
      ],
      users: [
        { user: { "client-certificate": join(dir, "pki/a.crt"), "client-key": "/b.key", tokenFile: join(dir, "t") } },
      ],
    });
    expect(access["dev"]?.kubeconfig).not.toContain('"certificate-authority":');
    expect(JSON.parse(access["prod"]?.kubeconfig ?? "")).toMatchObject({
      users: [{ user: { exec: { command: join(dir, "login"), args: ["x"] } } }],
    });
  });

  it("tells everything that is missing", () => {
    const KUBECONFIG = write(
      "config",
      { name: "kind-dev" },
      { name: "prod", user: { exec: { command: "no-such-plugin" } } },
    );
    expect(problems({ KUBECONFIG, PATH: dir })).toEqual([
      `estate:clusters.control-plane: error[P003]: context "control-plane" not in ${KUBECONFIG}; found: kind-dev, prod`,
      `estate:clusters.dev: error[P003]: context "dev" not in ${KUBECONFIG}; found: kind-dev, prod`,
      'estate:clusters.prod: error[P003]: context "prod" logs in with "no-such-plugin", which is not on PATH; install it',
    ]);
    expect(problems({ HOME: dir })[0]).toContain("no contexts were found: set KUBECONFIG");
  });

  it("tells when two clusters are one", () => {
    const KUBECONFIG = write("config", ...three.slice(0, 2), {
      name: "prod",
      cluster: { server: "https://DEV.example.com:6443/" },
    });
    expect(problems({ KUBECONFIG })).toEqual([
      'estate:clusters.prod: error[P001]: same server as cluster "dev": https://DEV.example.com:6443/; point the context at another cluster',
    ]);
  });

  it.each([
    ["no YAML", "{ token: glpat-xxxxxxxxxxxxxxxxxxxx"],
    ["another form", "clusters: { token: glpat-xxxxxxxxxxxxxxxxxxxx }"],
    ["text", "glpat-xxxxxxxxxxxxxxxxxxxx"],
  ])("says nothing of the contents of a kubeconfig that is %s", (_, text) => {
    const KUBECONFIG = join(dir, "config");
    writeFileSync(KUBECONFIG, text);
    const lines = problems({ KUBECONFIG });
    expect(lines).toContain(
      `${KUBECONFIG}: error[P003]: not a kubeconfig that can be read; check it with: kubectl config view`,
    );
    expect(lines.join("\n")).not.toContain("glpat");
  });

  it("tells when the authority's file is missing", () => {
    const KUBECONFIG = write("config", ...three.slice(1), {
      name: "control-plane",
      cluster: { server: "https://c:1", "certificate-authority": "gone" },
    });
    expect(problems({ KUBECONFIG })).toEqual([
      'estate:clusters.control-plane: error[P003]: the certificate authority of context "control-plane" cannot be read; correct its file name in the kubeconfig',
    ]);
  });
});

describe("addresses of the services", () => {
  const everywhere = {
    VAULT_ADDR: "http://127.0.0.1:8200/",
    GITLAB_BASE_URL: "https://gitlab.example.com/api/v4/",
    HARBOR_URL: "https://harbor.example.com",
  };
  const told = (own: Settings, environment: Record<string, string>) =>
    readAddresses(own, environment).problems.map(formatProblem).join("\n");

  it("come from the settings, or else from the environment, as plain addresses", () => {
    const own = settings({ vault: { address: "https://vault.example.com/" } });
    expect(readAddresses(own, everywhere).value?.vault).toBe("https://vault.example.com");
    expect(readAddresses(settings({ gitlab: { parent: "platform" } }), everywhere).value).toEqual({
      vault: "http://127.0.0.1:8200",
      gitlab: "https://gitlab.example.com",
      registry: "https://harbor.example.com",
    });
  });

  it("are needed, all of them, without credentials", () => {
    expect(told(settings({ gitlab: { parent: "platform" } }), {}).split("\n")).toHaveLength(3);
    expect(told(settings(), { ...everywhere, VAULT_ADDR: "" })).toMatch(
      /estate:vault: error\[P018\]: Vault has no address/,
    );
    expect(told(settings(), { ...everywhere, VAULT_ADDR: "https://root:hunter2@v" })).toMatch(
      /VAULT_ADDR: error\[P005\]: credentials in an address; (?!.*hunter2)/,
    );
    expect(told(settings(), { ...everywhere, VAULT_ADDR: "vault:8200" })).toMatch(/VAULT_ADDR: error\[T016\]/);
  });
});
