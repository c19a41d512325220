import { isRecord } from "@estate/clients";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LiveEstate, LiveHome, readyOf, type Named } from "../../scripts/live/home";
import { TestProject } from "../support/project";

// Through Git only: what a tenant commits, and what the API server or the controller says of it. Each attack differs from its
// twin in the one thing that is refused.

let project: TestProject;
let live: LiveEstate;
let dev: LiveHome;
/** A base that is there and can be read: what is shut is the way out of the delivered folder. */
let base: string;

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "applications: [{ name: web }]");
  project.tenant("team-ab", "applications: [{ name: web }]");
  live = new LiveEstate(project.sandbox, "acme/tenants");
  dev = new LiveHome(live, "team-a", "dev");
  await project.succeed("up", "--yes", "--skip-preview");
  await dev.says(operations(), /^True /, 120_000);
  await dev.says(dev.at("notification.toolkit.fluxcd.io/v1", "Receiver", "operations"), /^True /, 120_000);
  const data = (await live.vault.read("acme/data/team-a/dev/delivery"))?.data["data"];
  const { username = "", password = "" } = isRecord(data) ? data : {};
  base = live.gitlab.address(dev.project, { username: String(username), password: String(password) });
});

afterAll(async () => {
  live.close();
  await project.end();
});

const operations = (): Named => dev.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "operations");

type Files = Readonly<Record<string, string>>;

interface Wall {
  readonly name: string;
  readonly attack: Files;
  /** The reason, as the controller or the API server gives it. */
  readonly reason: RegExp;
  readonly twin: Files;
  /** Object that says the reason; the delivery itself when absent. */
  readonly at?: () => Named;
  /** What must not come to be. */
  readonly absent?: () => Promise<unknown>;
}

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;
const manifest = (apiVersion: string, kind: string, name: string, rest: object = {}, metadata: object = {}): string =>
  json({ apiVersion, kind, metadata: { name, ...metadata }, ...rest });

const flux = (spec: object): Files => ({
  "wall.yaml": manifest("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "nested", {
    spec: {
      interval: "10m",
      path: "./nested",
      prune: true,
      serviceAccountName: "reconciler",
      sourceRef: { kind: "GitRepository", name: "operations" },
      ...spec,
    },
  }),
  "nested/config.yaml": manifest("v1", "ConfigMap", "nested", {}, { namespace: "team-a-dev" }),
});

const release = (spec: object): Files => ({
  "wall.yaml": manifest("helm.toolkit.fluxcd.io/v2", "HelmRelease", "nested", {
    spec: {
      interval: "10m",
      suspend: true,
      serviceAccountName: "reconciler",
      chartRef: { kind: "OCIRepository", name: "chart" },
      ...spec,
    },
  }),
});

const binding = (role: string, subject = "reconciler"): Files => ({
  "wall.yaml": manifest("rbac.authorization.k8s.io/v1", "RoleBinding", "wider", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name: subject, namespace: "team-a-dev" }],
  }),
});

const harmless: Files = { "wall.yaml": manifest("v1", "ConfigMap", "harmless") };

const pod = (image: string, container: object = {}): Files => ({
  "wall.yaml": manifest("v1", "Pod", "wall", {
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "main",
          image,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, ...container },
        },
      ],
    },
  }),
});

const image = (path: string): string => `${new URL(project.sandbox.harbor.url).host}/${path}`;

/** Made late: the registry's address is known once the sandbox runs. */
const walls: readonly (() => Wall)[] = [
  () => ({
    name: "another tenant's namespace as target",
    attack: flux({ targetNamespace: "team-ab-dev" }),
    reason: /targetNamespace may name no namespace but its own/,
    twin: flux({ targetNamespace: "team-a-dev" }),
  }),
  () => ({
    name: "an object that names another tenant's namespace",
    attack: {
      ...flux({}),
      "nested/config.yaml": manifest("v1", "ConfigMap", "nested", {}, { namespace: "team-ab-dev" }),
    },
    reason:
      /^False .*User "system:serviceaccount:team-a-dev:reconciler" cannot patch resource "configmaps".*namespace "team-ab-dev"/,
    at: () => dev.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "nested"),
    twin: flux({}),
    absent: () =>
      new LiveHome(live, "team-ab", "dev").find({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "nested", namespace: "team-ab-dev" },
      }),
  }),
  () => ({
    name: "another tenant's source",
    attack: flux({ sourceRef: { kind: "GitRepository", name: "operations", namespace: "team-ab-dev" } }),
    reason: /sourceRef may name no namespace but its own/,
    twin: flux({ sourceRef: { kind: "GitRepository", name: "operations", namespace: "team-a-dev" } }),
  }),
  () => ({
    name: "no ServiceAccount named",
    attack: flux({ serviceAccountName: undefined }),
    reason: /delivery names the ServiceAccount it acts as/,
    twin: flux({}),
  }),
  () => ({
    name: "a kubeconfig",
    attack: flux({ kubeConfig: { secretRef: { name: "elsewhere" } } }),
    reason: /delivery to another cluster is the platform's/,
    twin: flux({}),
  }),
  () => ({
    name: "a release into another namespace",
    attack: release({ targetNamespace: "team-ab-dev" }),
    reason: /targetNamespace may name no namespace but its own/,
    twin: release({ targetNamespace: "team-a-dev" }),
  }),
  () => ({
    name: "a release that keeps its records elsewhere",
    attack: release({ storageNamespace: "kube-system" }),
    reason: /storageNamespace may name no namespace but its own/,
    twin: release({ storageNamespace: "team-a-dev" }),
  }),
  () => ({
    name: "a ClusterRole",
    attack: {
      "wall.yaml": manifest("rbac.authorization.k8s.io/v1", "ClusterRole", "wall", {
        rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
      }),
    },
    reason: /User "system:serviceaccount:team-a-dev:reconciler" cannot patch resource "clusterroles"/,
    twin: harmless,
  }),
  () => ({
    name: "a Namespace",
    attack: { "wall.yaml": manifest("v1", "Namespace", "team-a-more") },
    reason: /User "system:serviceaccount:team-a-dev:reconciler" cannot patch resource "namespaces"/,
    twin: harmless,
  }),
  () => ({
    name: "a RoleBinding to cluster-admin",
    attack: binding("cluster-admin"),
    reason: /User "system:serviceaccount:team-a-dev:reconciler" cannot patch resource "rolebindings"/,
    twin: harmless,
  }),
  () => ({
    name: "a remote base",
    attack: {
      "wall.yaml": manifest("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "nested", {
        spec: {
          interval: "10m",
          path: "./remote",
          prune: true,
          serviceAccountName: "reconciler",
          sourceRef: { kind: "GitRepository", name: "operations" },
        },
      }),
      "remote/kustomization.yaml": `resources: [${JSON.stringify(`${base}//?ref=main`)}]\n`,
    },
    reason: /^False BuildFailed: .*fs-security-constraint/,
    at: () => dev.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "nested"),
    twin: {
      ...flux({ path: "./remote" }),
      "remote/kustomization.yaml": "resources: [config.yaml]\n",
      "remote/config.yaml": manifest("v1", "ConfigMap", "nested", {}, { namespace: "team-a-dev" }),
    },
  }),
  () => ({
    name: "a quota edit",
    attack: {
      "wall.yaml": manifest("v1", "ResourceQuota", "tenant", { spec: { hard: { pods: "1000" } } }),
    },
    reason: /User "system:serviceaccount:team-a-dev:reconciler" cannot patch resource "resourcequotas"/,
    twin: harmless,
  }),
  () => ({
    name: "a privileged pod",
    attack: pod(image("acme-team-a/web:1.0.0"), { privileged: true, allowPrivilegeEscalation: true }),
    reason: /violates PodSecurity "restricted.*privileged/,
    twin: pod(image("acme-team-a/web:1.0.0")),
  }),
  () => ({
    name: "an image from another tenant's project, whose name begins with this one's",
    attack: pod(image("acme-team-ab/web:1.0.0")),
    reason: /image/,
    twin: pod(image("acme-team-a/web:1.0.0")),
  }),
];

/** Everything that the last wall left in the repository. */
let written: string[] = [];

/** Commits exactly these files beside the kustomization that names them. */
async function only(files: Files): Promise<string> {
  const gone = Object.fromEntries(written.filter((path) => files[path] === undefined).map((path) => [path, undefined]));
  written = Object.keys(files);
  return dev.commit({ "kustomization.yaml": "resources: [wall.yaml]\n", ...gone, ...files });
}

describe("a wall, through Git only", () => {
  it.each(walls.map((wall, index) => [index, wall] as const))("stands: %i", async (_index, make) => {
    const { name, attack, reason, twin, at = operations, absent } = make();
    await only(attack);
    await dev.says(at(), reason);
    expect(await absent?.(), name).toBeUndefined();
    const commit = await only(twin);
    await dev.says(operations(), new RegExp(`^True .*${commit}`));
    if (twin["wall.yaml"]?.includes('"nested"') === true && twin["wall.yaml"].includes("Kustomization")) {
      await dev.says(dev.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "nested"), /^True /);
    }
    process.stdout.write(`wall stands: ${name}: ${readyOf(await dev.find(operations()))}\n`);
  });

  it("the tenant whose walls were tried has nothing of it", async () => {
    const other = new LiveHome(live, "team-ab", "dev");
    const { items } = await other.cluster.list("v1", "ConfigMap", { namespace: other.namespace });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["kube-root-ca.crt"]);
  });
});
