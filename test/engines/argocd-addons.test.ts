import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import type { KubernetesObject } from "../../model/kubernetes";
import type { EstatePlan } from "../../plan/plan";
import { Definitions } from "../support/definitions";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

// Addons brought by Argo CD from the control plane, instead of by each cluster's Flux.

const addons = {
  "cert-manager": { clusters: ["control-plane", "dev"], clusterValues: true, values: { webhook: { replicaCount: 2 } } },
  "prometheus-operator-crds": { clusters: ["dev"] },
  "kube-prometheus-stack": { clusters: ["dev"] },
};
const under = (kind: string): EstatePlan =>
  plan(
    [tenant("team-a")],
    settings({ gitops: { kind }, addons, clusterValues: { common: { custom: { webhook: "x" } } } }),
  );
const estate = under("argocd");
const platformOf = (one: EstatePlan, name: string) => {
  const found = one.clusters.find((cluster) => cluster.name === name)?.platform;
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
};
const centralOf = (name: string) => {
  const { central } = platformOf(estate, name);
  if (central === undefined) throw new Error(`nothing is brought to ${name}`);
  return central;
};
const specs = (objects: readonly KubernetesObject[]) =>
  Object.fromEntries(objects.map(({ metadata, spec }) => [metadata.name, spec as unknown as Record<string, unknown>]));

describe("an addon", () => {
  it("is an Application on the control plane for each cluster it goes to, with the values that Flux would give it", () => {
    const dev = specs(centralOf("dev").deliveries);
    expect(Object.keys(dev)).toEqual([
      "platform-addon-cert-manager.dev",
      "platform-addon-kube-prometheus-stack.dev",
      "platform-addon-prometheus-operator-crds.dev",
    ]);
    expect(Object.keys(specs(centralOf("control-plane").deliveries))).toEqual([
      "platform-addon-cert-manager.control-plane",
    ]);
    expect(platformOf(estate, "prod").central).toBeUndefined();
    const source = dev["platform-addon-cert-manager.dev"]?.["source"] as {
      helm: { valuesObject: Record<string, unknown> };
    };
    expect(source).toMatchObject({
      repoURL: "quay.io/jetstack/charts",
      chart: "cert-manager",
      targetRevision: "v1.21.2",
      // The cluster's own below the addon's.
      helm: {
        releaseName: "cert-manager",
        valuesObject: { webhook: { replicaCount: 2 }, custom: { webhook: "x" }, cluster: "dev" },
      },
    });
    const flux = platformOf(under("flux"), "dev").addons.find(
      ({ kind, metadata }) => kind === "HelmRelease" && metadata.name === "addon-cert-manager",
    );
    expect(source.helm.valuesObject).toMatchObject(
      (flux?.spec as unknown as { values: Record<string, unknown> }).values,
    );
    expect(dev["platform-addon-cert-manager.dev"]).toMatchObject({
      project: "platform-addons-dev",
      destination: { name: "platform-addons-dev.dev", namespace: "cert-manager" },
    });
    for (const spec of Object.values(dev))
      expect(spec["syncPolicy"]).toMatchObject({ automated: { prune: true, selfHeal: false }, retry: { limit: -1 } });
  });

  it("comes by a project that takes the chosen charts alone, to that cluster alone, as the platform's identity", () => {
    const { objects, logins } = centralOf("dev");
    expect(specs(objects)["platform-addons-dev"]).toMatchObject({
      sourceRepos: ["ghcr.io/prometheus-community/charts", "quay.io/jetstack/charts"],
      destinations: [{ name: "platform-addons-dev.dev", namespace: "*" }],
      permitOnlyProjectScopedClusters: true,
      destinationServiceAccounts: [
        { server: "*", namespace: "*", defaultServiceAccount: "argocd:platform-reconciler" },
      ],
      roles: [],
    });
    expect(logins.map(({ data, query }) => [data["project"], query])).toEqual([
      ["platform-addons-dev", "project=platform-addons-dev"],
    ]);
    for (const { secret } of logins) expect(secret.metadata.labels).not.toHaveProperty("estate.dev/tenant");
  });

  it("gives Argo CD rights where it goes, and nowhere else", () => {
    const subjects = (name: string) =>
      platformOf(estate, name).objects.find(
        ({ kind, metadata }) => kind === "ClusterRoleBinding" && metadata.name === "estate-argocd",
      )?.["subjects"];
    expect(subjects("dev")).toMatchObject([
      { kind: "User", name: "argocd:system:serviceaccount:argocd:argocd-application-controller" },
      { kind: "User" },
    ]);
    expect(subjects("control-plane")).toEqual([
      { kind: "ServiceAccount", name: "argocd-application-controller", namespace: "argocd" },
      { kind: "ServiceAccount", name: "argocd-server", namespace: "argocd" },
    ]);
    expect(subjects("prod")).toBeUndefined();
  });

  it("on the control plane is brought by the pods' own token, which others have not without addons there", () => {
    expect(centralOf("control-plane").logins).toMatchObject([
      {
        server: "https://kubernetes.default.svc",
        config: { execProviderConfig: { command: "/estate/token-login", args: ["control-plane"] } },
      },
    ]);
    const tokens = (one: EstatePlan) => {
      const { values } = platformOf(one, "control-plane").gitops?.release as unknown as {
        values: { controller: { volumes: { projected?: { sources: { serviceAccountToken: { path: string } }[] } }[] } };
      };
      return values.controller.volumes
        .flatMap(({ projected }) => projected?.sources ?? [])
        .filter(({ serviceAccountToken }) => serviceAccountToken.path === "control-plane");
    };
    expect(tokens(estate)).toEqual([{ serviceAccountToken: { expirationSeconds: 600, path: "control-plane" } }]);
    expect(tokens(plan([], settings({ gitops: { kind: "argocd" } })))).toEqual([]);
  });

  it("leaves out what is about Flux, and asks for nothing of Flux's", () => {
    expect(JSON.stringify([estate.clusters.map(({ platform }) => [platform.addons, platform.central])])).not.toMatch(
      /fluxcd|flux-system/,
    );
    const flux = platformOf(under("flux"), "dev").addons.map(({ kind }) => kind);
    expect(flux).toContain("ResourceSet");
  });

  it("is taken by the API server", async () => {
    const definitions = await Definitions.load("argo-cd");
    const { objects, deliveries } = centralOf("dev");
    for (const object of [...objects, ...deliveries])
      expect([object.metadata.name, definitions.complaints(object)]).toEqual([object.metadata.name, []]);
  });
});

describe("the resources", () => {
  let resources: readonly Registration[] = [];
  beforeAll(async () => {
    resources = await record(() => new Estate("acme", { plan: estate, access }, {}));
  });

  it("are on the control plane, after the cluster's namespaces and rights", () => {
    const found = resources.find(
      ({ name }) => name === "control-plane/argocd/Application/platform-addon-cert-manager.dev",
    );
    const before = found?.dependencies.join("\n") ?? "";
    for (const wanted of [
      "AppProject/platform-addons-dev",
      "Secret/platform-addons-dev.dev",
      "dev/Namespace/cert-manager",
      "dev/ClusterRoleBinding/estate-argocd",
    ])
      expect(before).toContain(wanted);
    const login = resources.find(
      ({ name }) => name === "control-plane/argocd/Secret/platform-addons-control-plane.control-plane",
    );
    const { data } = unwrap(login?.inputs ?? {}) as { data: Record<string, string> };
    expect(Buffer.from(data["server"] ?? "", "base64").toString()).toBe(
      "https://kubernetes.default.svc?project=platform-addons-control-plane",
    );
  });
});
