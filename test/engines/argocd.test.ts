import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { deliveredKinds, readGroups, refusedKinds } from "../../engines/argocd/kinds";
import { loginText } from "../../engines/argocd/login-program";
import { placeName, tokenFolder } from "../../engines/argocd/names";
import type { KubernetesObject } from "../../model/kubernetes";
import { tenantRole } from "../../model/platform";
import type { EstatePlan } from "../../plan/plan";
import { deliveries } from "../support/deliveries";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

const under = (gitops: Record<string, unknown> = {}) => settings({ gitops: { kind: "argocd", ...gitops } });
const planned = (change: Record<string, unknown> = {}): EstatePlan =>
  plan([tenant("team-a", change), tenant("team-ab")], under());
const centralOf = (estate: EstatePlan, name = "team-a") => {
  const central = estate.tenants.find((one) => one.name === name)?.central;
  if (central === undefined) throw new Error(`nothing central of ${name}`);
  return central;
};
const projectOf = (estate: EstatePlan, name: string): Record<string, unknown> => {
  const found = estate.tenants
    .flatMap(({ central }) => central?.objects ?? [])
    .find(({ kind, metadata }) => kind === "AppProject" && metadata.name === name);
  if (found === undefined) throw new Error(`no project ${name}`);
  return found["spec"] as Record<string, unknown>;
};

describe("the platform", () => {
  const { clusters } = planned();
  const on = (name: string) => clusters.find((cluster) => cluster.name === name)?.platform;

  it("has one Argo CD, on the control plane, that brings nothing to the cluster it runs on", () => {
    expect(clusters.filter(({ platform }) => platform.gitops !== undefined).map(({ name }) => name)).toEqual([
      "control-plane",
    ]);
    expect(on("control-plane")?.gitops?.release).toMatchObject({
      chart: "argo-cd",
      namespace: "argocd",
      values: {
        createClusterRoles: false,
        configs: {
          cm: {
            "admin.enabled": false,
            "cluster.inClusterEnabled": false,
            "application.sync.impersonation.enabled": true,
            "application.sync.impersonation.enforced": true,
            "application.sync.requireOverridePrivilegeForRevisionSync": true,
          },
          rbac: {
            "policy.default": "",
            "policy.csv": 'g, "platform-admins", role:admin\ng, "platform-leads", role:readonly',
          },
        },
      },
    });
    expect(JSON.stringify(clusters)).not.toMatch(/FluxInstance|flux-operator"/);
  });

  it("closes the project that Argo CD leaves open", () => {
    const project = on("control-plane")?.gitops?.instance;
    expect(project?.metadata.name).toBe("default");
    expect(project?.["spec"]).toMatchObject({
      sourceRepos: [],
      destinations: [],
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: [],
    });
  });

  it("gives each cluster a token of its own, in the pods that speak to clusters and nowhere else", () => {
    const values = on("control-plane")?.gitops?.release.values as unknown as Record<
      "controller" | "server",
      { volumes: { projected?: { sources: unknown[] } }[] }
    >;
    for (const pods of ["controller", "server"] as const)
      expect(values[pods].volumes.flatMap(({ projected }) => projected?.sources ?? [])).toEqual(
        ["dev", "prod", "dev.virtual", "prod.virtual"].map((path) => ({
          serviceAccountToken: { audience: `acme-${path}`, expirationSeconds: 600, path },
        })),
      );
  });

  it("may look at homes that bind it and act as their reconciler: no Secret is read, nothing is written", () => {
    const role = on("dev")?.objects.find(({ metadata }) => metadata.name === "tenant-gitops");
    const rules = role?.["rules"] as unknown as { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
    const impersonating = rules.filter(({ verbs }) => verbs.includes("impersonate"));
    expect(impersonating).toMatchObject([{ resources: ["serviceaccounts"], resourceNames: ["reconciler"] }]);
    const others = rules.filter((rule) => !impersonating.includes(rule));
    expect(new Set(others.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch"]));
    expect(others.flatMap(({ resources }) => resources).filter((one) => /^secrets$|\*/.test(one))).toEqual([]);
    expect(on("control-plane")?.objects.some(({ metadata }) => metadata.name === "tenant-gitops")).toBe(false);
  });

  it("stores no token, and trusts no server unseen", () => {
    expect(JSON.stringify(planned())).not.toMatch(/"?insecure"?:\s*true|bearerToken|"password":"[^{]/);
  });
});

describe("a project", () => {
  it("lets a tenant bring what its reconciler may write, and nothing that holds it", () => {
    const role = planned().clusters[0]?.platform.objects.find(({ metadata }) => metadata.name === tenantRole.reconcile);
    const rules = role?.["rules"] as unknown as { apiGroups: string[]; resources: string[]; verbs: string[] }[];
    const mayWrite = (group: string, resource: string): boolean =>
      rules.some(
        ({ apiGroups, resources, verbs }) =>
          apiGroups.includes(group) && resources.includes(resource) && verbs.includes("create"),
      );
    for (const { group, resource } of deliveredKinds)
      expect([resource, mayWrite(group, resource)]).toEqual([resource, true]);
    for (const { group, kind } of refusedKinds)
      expect(deliveredKinds.some((one) => one.group === group && (kind === "*" || one.kind === kind))).toBe(false);
    for (const { group, resource } of deliveredKinds)
      expect(readGroups.some((one) => one.group === group && one.resources.includes(resource))).toBe(true);
    const { clusterResourceWhitelist, permitOnlyProjectScopedClusters, destinations } = projectOf(
      planned(),
      "team-a-dev",
    );
    expect(clusterResourceWhitelist).toEqual([]);
    expect(permitOnlyProjectScopedClusters).toBe(true);
    expect(destinations).toEqual([{ name: "team-a-dev.dev", namespace: "team-a-dev" }]);
  });

  const rights = (environment: string, state = "active") =>
    (
      projectOf(planned({ lifecycle: { state } }), `team-a-${environment}`)["roles"] as {
        groups: string[];
        policies: string[];
      }[]
    )
      .flatMap(({ groups, policies }) =>
        groups.map((group) => `${group}: ${policies.map((one) => one.split(", ")[3]).join(" ")}`),
      )
      .sort();

  it("lets developers look, and owners and operations sync where they may change what runs", () => {
    expect(rights("dev")).toEqual([
      "team-a-developers: get get",
      "team-a-operations: get get sync",
      "team-a-owners: get get sync",
    ]);
    expect(rights("prod")).toEqual([
      "team-a-developers: get get",
      "team-a-operations: get get sync",
      "team-a-owners: get get",
    ]);
    expect(rights("dev", "suspended").filter((line) => line.endsWith("sync"))).toEqual([]);
    expect(rights("dev", "suspended")).toHaveLength(3);
    expect(rights("dev", "retiring")).toEqual([]);
  });

  it("has policies as Argo CD wants them, and names of groups with a comma in quotes", () => {
    const group = "cn=leads,ou=teams";
    const roles = projectOf(planned({ access: { owners: { group } } }), "team-a-dev")["roles"] as {
      name: string;
      groups: string[];
      policies: string[];
    }[];
    for (const { name, policies } of roles)
      for (const policy of policies)
        expect(policy).toMatch(
          new RegExp(`^p, proj:team-a-dev:${name}, (applications|logs), (get|sync), team-a-dev/\\*, allow$`),
        );
    expect(roles.flatMap(({ groups }) => groups)).toContain(`"${group}"`);
  });

  it("gives rights on its own applications alone", () => {
    const text = JSON.stringify(projectOf(planned(), "team-a-dev")["roles"]);
    for (const [, object] of text.matchAll(/(?:get|sync), ([^,]+), allow/g)) expect(object).toBe("team-a-dev/*");
  });
});

describe("the evaluator that engines are held to", () => {
  // Each single change of what keeps tenants apart is noticed.
  const changed = (change: (estate: EstatePlan) => void): EstatePlan => {
    const copy = structuredClone<EstatePlan>(planned());
    change(copy);
    return copy;
  };
  const of = (estate: EstatePlan, name: string) => {
    const own = estate.tenants.find((one) => one.name === name);
    if (own === undefined) throw new Error(name);
    return deliveries(own, estate);
  };
  const spec = (object: KubernetesObject | undefined): Record<string, unknown> => object?.["spec"] as never;

  it("sees what the untouched plan brings", () => {
    expect(
      of(
        changed(() => undefined),
        "team-a",
      ),
    ).toHaveLength(2);
  });

  it.each<readonly [what: string, change: (estate: EstatePlan) => void, left: number]>([
    ["a project without its repository", (estate) => (projectOf(estate, "team-a-dev")["sourceRepos"] = []), 1],
    ["a project without a destination", (estate) => (projectOf(estate, "team-a-dev")["destinations"] = []), 1],
    [
      "a project without an account to act as",
      (estate) => (projectOf(estate, "team-a-dev")["destinationServiceAccounts"] = []),
      1,
    ],
    [
      "a login of another project",
      (estate) => ((centralOf(estate).logins[0]?.data as Record<string, string>)["project"] = "team-ab-dev"),
      1,
    ],
    [
      "a login with another tenant's label",
      (estate) =>
        ((centralOf(estate).logins[0]?.secret.metadata.labels as Record<string, string>)["estate.dev/tenant"] =
          "team-ab"),
      1,
    ],
    [
      "a set that syncs nothing by itself",
      (estate) =>
        delete (spec(centralOf(estate).deliveries[0])["template"] as { spec: { syncPolicy: { automated?: unknown } } })
          .spec.syncPolicy.automated,
      0,
    ],
    [
      "a window that denies",
      (estate) => (projectOf(estate, "team-a-dev")["syncWindows"] = [{ kind: "deny", manualSync: false }]),
      1,
    ],
  ])("notices %s", (_what, change, left) => {
    expect(of(changed(change), "team-a")).toHaveLength(left);
  });

  it("sees a set that selects every cluster, and that the projects stop it", () => {
    const wide = changed((estate) => {
      spec(centralOf(estate).deliveries[0])["generators"] = [{ clusters: {} }];
    });
    expect(
      of(wide, "team-a")
        .map(({ repository }) => repository)
        .filter((url) => url.includes("/team-ab/")),
    ).toHaveLength(2);
  });
});

it("keeps apart places whose names would run together", () => {
  expect(placeName("a-b", "c-d")).not.toBe(placeName("a-b-c", "d"));
});

describe("the resources", () => {
  let resources: readonly Registration[] = [];
  const byName = (name: string): Registration => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no resource ${name}`);
    return found;
  };

  it("are a login with the cluster's address and authority, and a set that comes after homes and limits", async () => {
    const own = under({ servers: { prod: "https://prod.internal:6443/" } });
    resources = await record(() => new Estate("acme", { plan: plan([tenant("team-a")], own), access }, {}));
    const data = (name: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries((unwrap(byName(name).inputs) as { data: Record<string, string> }).data).map(([key, value]) => [
          key,
          Buffer.from(value, "base64").toString(),
        ]),
      );
    const dev = data("control-plane/argocd/Secret/team-a-dev.dev");
    expect(dev).toMatchObject({ server: "https://10.0.0.2:6443?home=team-a-dev", project: "team-a-dev" });
    expect(JSON.parse(dev["config"] ?? "")).toMatchObject({
      execProviderConfig: { args: ["dev"] },
      tlsClientConfig: { insecure: false, caData: Buffer.from("-----BEGIN CERTIFICATE-----").toString("base64") },
    });
    expect(data("control-plane/argocd/Secret/team-a-prod.prod")["server"]).toBe(
      "https://prod.internal:6443?home=team-a-prod",
    );
    const set = byName("control-plane/argocd/ApplicationSet/team-a").dependencies.join("\n");
    for (const before of [
      "AppProject/team-a-dev",
      "Secret/team-a-dev.dev",
      "ExternalSecret/repository-team-a-dev",
      "dev/Namespace/team-a-dev",
    ])
      expect(set).toContain(before);
    const project = byName("control-plane/argocd/AppProject/team-a-dev").dependencies.join("\n");
    expect(project).toContain("control-plane/argocd/ConfigMap/cluster-values");
    expect(byName("control-plane-platform-argocd").type).toBe("estate:index:ArgoCd");
  });
});

describe("the program that logs in", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "estate-login-"));
    mkdirSync(join(folder, "bin"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs it with the token of `dev`; in the path stands a curl that does what a test says. */
  const run = async (login: Parameters<typeof loginText>[0], token: string, curl = "exit 99") => {
    writeFileSync(join(folder, "dev"), token);
    writeFileSync(join(folder, "bin/curl"), `#!/bin/sh\n${curl}\n`);
    chmodSync(join(folder, "bin/curl"), 0o755);
    writeFileSync(join(folder, "login"), loginText(login).replaceAll(tokenFolder, folder));
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`, FOLDER: folder };
      execFile("sh", [join(folder, "login"), "dev"], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  };
  const issuer = { kind: "issuer", usernamePrefix: "argocd:" } as const;
  const exchange = {
    kind: "exchange",
    url: "https://login.example.com/api/token",
    image: "registry.example.com/argocd:1",
    usernamePrefix: "argocd:",
    caPem: "-----BEGIN CERTIFICATE-----",
  } as const;
  const credential = (stdout: string) =>
    JSON.parse(stdout) as { status: { token: string; expirationTimestamp: string } };

  it("shows the cluster the pod's own token, for a short while", async () => {
    const { code, stdout } = await run(issuer, "aaa.bbb-_.ccc\n");
    expect(code).toBe(0);
    const { status, ...rest } = credential(stdout);
    expect(rest).toEqual({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential" });
    expect(status.token).toBe("aaa.bbb-_.ccc");
    expect(Number.isNaN(Date.parse(status.expirationTimestamp))).toBe(false);
  });

  it.each(["", "<html>Forbidden</html>", '","x":"'])("makes no credential of %j", async (token) => {
    const { code, stdout, stderr } = await run(issuer, token);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("no token for dev");
  });

  it("exchanges it: the service is asked for this cluster, by its authority, and the token is in no argument", async () => {
    const { code, stdout } = await run(
      exchange,
      "own.pod.token",
      'cat > "$FOLDER/header"; echo "$*" > "$FOLDER/arguments"; echo remote.token',
    );
    expect(code).toBe(0);
    expect(credential(stdout).status.token).toBe("remote.token");
    const { readFileSync } = await import("node:fs");
    expect(readFileSync(join(folder, "header"), "utf8")).toBe("Authorization: Bearer own.pod.token\n");
    const given = readFileSync(join(folder, "arguments"), "utf8");
    expect(given).not.toContain("own.pod.token");
    for (const wanted of ["--fail", "--cacert /estate/ca.pem", "--proto =https", "targetName=dev", exchange.url])
      expect(given).toContain(wanted);
    expect(given).not.toMatch(/--insecure| -k /);
  });

  it("ends with curl's failure, and makes no credential of it", async () => {
    const { code, stdout } = await run(exchange, "own.pod.token", "echo not-a-credential; exit 22");
    expect([code, stdout]).toEqual([22, ""]);
  });
});
