import { KubernetesClient, KubernetesStatusError, isRecord, type Manifest } from "@estate/clients";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import type { KubernetesObject } from "../../model/kubernetes";
import { destroy, start } from "../../sandbox";
import { Chart } from "../support/chart";
import { plan, tenant } from "../support/fixtures";

// A home with a virtual cluster on a real API server: its Pod Security, quota and guardrails against the chart's own
// objects, its RBAC against the release's identity and the tenant's people. Nothing runs; another of the sandbox's
// clusters stands in for the virtual one.

const estate = plan([tenant("virtual", { isolation: "vcluster" }), tenant("other")]);
const cluster = estate.clusters.find(({ name }) => name === "dev");
const homes = estate.tenants.flatMap((own) => own.homes.filter((home) => home.cluster === "dev"));
const home = "virtual-dev";
const objects = homes.find(({ namespace }) => namespace.metadata.name === home)?.objects ?? [];
const served = (object: KubernetesObject): boolean => !/toolkit\.fluxcd\.io|external-secrets/.test(object.apiVersion);

/** As Flux impersonates it: by its name. The API server adds the groups; an access review takes them as given. */
const releaser = { user: `system:serviceaccount:flux-system:vcluster-${home}` };
const serviceAccounts = ["system:serviceaccounts", "system:serviceaccounts:flux-system"];
const person = (role: string) => ({ user: `somebody-of-${role}`, groups: [`virtual-${role}`] });

let folder: string;
let dev: KubernetesClient;
let inside: KubernetesClient;
let chart: Chart;
let made: Manifest[];

const values = (): Record<string, unknown> => {
  const release = objects.find(({ kind }) => kind === "HelmRelease");
  return (release?.spec as unknown as { values: Record<string, unknown> }).values;
};

const apply = (client: KubernetesClient, object: unknown): Promise<Manifest> =>
  client.apply(object as Manifest, { fieldManager: "test", force: true });

/** `ok`, or the refusal. */
const tried = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt;
    return "ok";
  } catch (error) {
    if (error instanceof KubernetesStatusError) return `${String(error.status)} ${error.message}`;
    throw error;
  }
};

beforeAll(async () => {
  chart = await Chart.load("vcluster", "chart");
  made = chart.renderAll(home, chart.merged(values())) as unknown as Manifest[];
  folder = mkdtempSync(join(tmpdir(), "estate-vcluster-"));
  const { kubeconfig } = await start({ dir: join(folder, "sandbox"), plugins: "doubles" });
  dev = KubernetesClient.fromKubeconfig({ path: kubeconfig, context: "dev" });
  inside = KubernetesClient.fromKubeconfig({ path: kubeconfig, context: "prod" });
  const { namespaces = [], objects: own = [], guardrails = [] } = cluster?.platform ?? {};
  for (const object of [...namespaces, ...own, ...guardrails]) await apply(dev, object);
  for (const { namespace, objects: held } of homes) {
    for (const object of [namespace, ...held.filter(served)]) await apply(dev, object);
  }
});

afterAll(async () => {
  dev.close();
  inside.close();
  await destroy(join(folder, "sandbox"));
  rmSync(folder, { recursive: true, force: true });
});

/** Whether somebody may do something, by the API server's own word. */
async function may(
  client: KubernetesClient,
  who: { readonly user: string; readonly groups?: readonly string[] },
  verb: string,
  resource: string,
  namespace?: string,
  name?: string,
): Promise<boolean> {
  const [plural = "", group = ""] = resource.split(/\.(.*)/s);
  const [kind, subresource] = plural.split("/");
  const review = await client.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: who.user,
        ...(who.groups === undefined ? {} : { groups: who.groups }),
        resourceAttributes: { verb, group, resource: kind, subresource, namespace, name },
      },
    },
  });
  return isRecord(review) && isRecord(review["status"]) && review["status"]["allowed"] === true;
}

/** The control plane's pod, as the StatefulSet's controller would make it. */
function pod(under: unknown): Manifest {
  const [statefulSet] = chart.render("statefulset.yaml", home, under);
  const { template } = statefulSet?.["spec"] as { template: { metadata: object; spec: Record<string, unknown> } };
  const data = { name: "data", persistentVolumeClaim: { claimName: `data-${home}-0` } };
  const volumes = [...(template.spec["volumes"] as object[]), data];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...template.metadata, name: `${home}-0`, namespace: home },
    spec: { ...template.spec, volumes },
  };
}

describe("the release's identity", () => {
  it("installs the whole chart", async () => {
    expect(made.length).toBeGreaterThan(5);
    for (const object of made) {
      expect(await tried(dev.apply(object, { fieldManager: "helm", force: true, impersonate: releaser }))).toBe("ok");
    }
  });

  it("upgrades the StatefulSet: the guardrail does not take it for operations", async () => {
    const statefulSet = made.find(({ kind }) => kind === "StatefulSet") as Manifest;
    const change = { spec: { template: { spec: { terminationGracePeriodSeconds: 30 } } } };
    expect(await tried(dev.patch(statefulSet, change, { impersonate: releaser, dryRun: true }))).toBe("ok");
  });

  it("keeps Helm's records in the platform's namespace, and reads what the chart looks up", async () => {
    for (const verb of ["get", "list", "create", "update", "delete"])
      expect(await may(dev, { ...releaser, groups: serviceAccounts }, verb, "secrets", "flux-system")).toBe(true);
    expect(await may(dev, releaser, "get", "services", home, "loft")).toBe(true);
    expect(await may(dev, releaser, "list", "pods", home)).toBe(true);
  });

  it.each([
    ["get", "secrets", home, `vc-${home}`],
    ["list", "secrets", home],
    ["patch", "resourcequotas", home, "tenant"],
    ["patch", "networkpolicies.networking.k8s.io", home, "default-deny"],
    ["create", "roles.rbac.authorization.k8s.io", home],
    ["create", "rolebindings.rbac.authorization.k8s.io", home],
    ["create", "pods", home],
    ["create", "pods/exec", home],
    ["create", "secrets", "other-dev"],
    ["create", "namespaces"],
    ["create", "clusterroles.rbac.authorization.k8s.io"],
    ["create", "helmreleases.helm.toolkit.fluxcd.io", "flux-system"],
    ["create", "serviceaccounts/token", "flux-system"],
  ])("may not %s %s in %s", async (verb, resource, namespace?: string, name?: string) => {
    expect(await may(dev, { ...releaser, groups: serviceAccounts }, verb, resource, namespace, name)).toBe(false);
  });
});

describe("the control plane's pod", () => {
  it("is let in by the home: the StatefulSet's controller makes it, under Pod Security restricted, quota and limits", async () => {
    const ref = { apiVersion: "v1", kind: "Pod", metadata: { namespace: home, name: `${home}-0` } };
    await vi.waitFor(async () => expect(await dev.find(ref)).toBeDefined(), { timeout: 60_000, interval: 200 });
    const { hard, used } = (await dev.get({ ...ref, kind: "ResourceQuota", metadata: { namespace: home, name: "tenant" } }))["status"] as Record<string, Record<string, string>>; // prettier-ignore
    expect([hard?.["pods"], used?.["pods"]]).toEqual(["50", "1"]);
  });

  it("was not, as the chart would have it", async () => {
    expect(await tried(dev.create(pod(chart.merged({})), { dryRun: true }))).toMatch(
      /403 .*violates PodSecurity "restricted.*runAsNonRoot/s,
    );
  });
});

describe("people of the tenant, on the host", () => {
  it.each(["owners", "developers", "operations"])("%s look, and have no way into the control plane", async (role) => {
    expect(await may(dev, person(role), "list", "pods", home)).toBe(true);
    expect(await may(dev, person(role), "get", "pods/log", home)).toBe(true);
    for (const [verb, resource] of [
      ["create", "pods/exec"],
      ["create", "pods/attach"],
      ["create", "pods/portforward"],
      ["create", "pods"],
      ["patch", "statefulsets.apps"],
      ["get", "secrets"],
      ["list", "secrets"],
      ["create", "secrets"],
      ["create", "serviceaccounts/token"],
      ["create", "rolebindings.rbac.authorization.k8s.io"],
    ] as const)
      expect([resource, await may(dev, person(role), verb, resource, home)]).toEqual([resource, false]);
    expect(await may(dev, person(role), "create", "secrets", "flux-system")).toBe(false);
  });

  it("operations suspend delivery", async () => {
    expect(await may(dev, person("operations"), "patch", "kustomizations.kustomize.toolkit.fluxcd.io", home)).toBe(
      true,
    );
    expect(await may(dev, person("developers"), "patch", "kustomizations.kustomize.toolkit.fluxcd.io", home)).toBe(
      false,
    );
  });
});

describe("people of the tenant, inside", () => {
  beforeAll(async () => {
    const { deploy } = values()["experimental"] as { deploy: { vcluster: { manifests: string } } };
    for (const document of parseAllDocuments(deploy.vcluster.manifests)) await apply(inside, document.toJS());
  });

  it("owners and developers have all of an open environment", async () => {
    for (const role of ["owners", "developers"]) {
      expect(await may(inside, person(role), "create", "namespaces")).toBe(true);
      expect(await may(inside, person(role), "create", "customresourcedefinitions.apiextensions.k8s.io")).toBe(true);
    }
  });

  it("operations restart, scale and exec, and edit nothing", async () => {
    const operations = person("operations");
    expect(await may(inside, operations, "delete", "pods", "any")).toBe(true);
    expect(await may(inside, operations, "create", "pods/exec", "any")).toBe(true);
    expect(await may(inside, operations, "patch", "deployments/scale.apps", "any")).toBe(true);
    expect(await may(inside, operations, "list", "deployments.apps", "any")).toBe(true);
    expect(await may(inside, operations, "patch", "deployments.apps", "any")).toBe(false);
    expect(await may(inside, operations, "get", "secrets", "any")).toBe(false);
  });

  it("Flux acts as the tenant's reconciler", async () => {
    const reconciler = { user: `system:serviceaccount:${home}:reconciler` };
    expect(await may(inside, reconciler, "create", "namespaces")).toBe(true);
  });
});
