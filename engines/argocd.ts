import type { ProductApplication } from "../model/gitops";
import type { TenantHome } from "../model/home";
import { operationsSet, productSet } from "./argocd/applications";
import { credentialObjects, credentialReader } from "./argocd/credential";
import { clusterLogin, engineBinding } from "./argocd/login";
import { argocdNamespace } from "./argocd/names";
import { argocdPlatform } from "./argocd/platform";
import { project } from "./argocd/project";
import { settingsSchema } from "./argocd/settings";
import type { GitOpsEngine, WantingHome } from "./engine";
import { hasCredentials } from "../model/people";

/** The products that some home of the tenant runs, each once. */
function productsOf(homes: readonly WantingHome[]): ProductApplication[] {
  const found = new Map<string, ProductApplication>();
  for (const { requests } of homes)
    for (const request of requests)
      if (request.want === "product") found.set(request.application.name, request.application);
  return [...found.values()];
}

/** The homes of one environment; their namespace has one name on all clusters. */
function byEnvironment(homes: readonly WantingHome[]): (readonly [first: WantingHome, clusters: readonly string[]])[] {
  const environments = new Map<string, WantingHome[]>();
  for (const one of homes) {
    const { name } = one.home.environment;
    environments.set(name, [...(environments.get(name) ?? []), one]);
  }
  return [...environments.values()].flatMap((own) => {
    const [first] = own;
    return first === undefined ? [] : [[first, own.map(({ home }) => home.cluster.name)] as const];
  });
}

/** A request that it cannot serve; config/ and tenants/ have told of it. */
const never = (want: string, { namespace }: TenantHome): never => {
  throw new RangeError(`Argo CD was asked for "${want}" by ${namespace}`);
};

/** Argo CD on the control plane: what it has of a tenant lies there, and in a home there is what it may do in it. */
export const argocd = {
  kind: "argocd",
  title: "Argo CD",
  namespace: argocdNamespace,
  instance: "argocd",
  receivers: false,
  schema: settingsSchema,
  lacks: {
    "image-updates": {
      cause: "Argo CD writes no new versions of images into Git",
      remedy: "let the application's pipeline commit them to its repository, or write estate:gitops: { kind: flux }",
    },
    alert: {
      cause: "Estate sets up no notifications of Argo CD",
      remedy: "remove it, or write estate:gitops: { kind: flux }",
    },
    vcluster: {
      cause: "virtual clusters are installed by Flux, and Argo CD has no login into one",
      remedy: "write isolation: namespace, or estate:gitops: { kind: flux }",
    },
    addons: {
      cause: "addons, and services that are installed, are brought by Flux",
      remedy: "install them otherwise and remove the key, or write estate:gitops: { kind: flux }",
    },
    "git-delivery": {
      cause: "Argo CD has no right to bring what belongs to the platform, and so not the tenants' namespaces and roles",
      remedy: "write estate:delivery: direct, or estate:gitops: { kind: flux }",
    },
    "private-products": {
      cause: "Argo CD is not given the login of a product's repository",
      remedy: "let it be read without one, or write estate:gitops: { kind: flux }",
    },
    "secret-values": {
      cause: "Argo CD puts no values into manifests",
      remedy: "write an ExternalSecret into the repository, or estate:gitops: { kind: flux }",
    },
    "product-values": {
      cause: "Argo CD puts no values into a product's manifests",
      remedy: "remove them, or write estate:gitops: { kind: flux }",
    },
    eks: {
      cause: "Argo CD logs in to clusters on EKS as a role, which its pods have only on a control plane on EKS",
      remedy: "make the control plane on EKS, too, or write estate:gitops: { kind: flux }",
    },
  },
  platform: argocdPlatform,
  home: (home, request) => {
    switch (request.want) {
      case "repository":
        return hasCredentials(home.tenant) ? [engineBinding(home)] : [];
      case "credential":
      case "product":
        // On the control plane (`tenant`).
        return [];
      case "image-updates":
        return request.applications.length === 0 ? [] : never(request.want, home);
      case "alert":
      case "vcluster":
        return never(request.want, home);
    }
  },
  tenant: (tenant, homes, plane) => {
    const environments = byEnvironment(homes);
    return {
      plan: {
        cluster: plane,
        objects: environments.flatMap(([{ home, requests }, clusters]) => [
          ...credentialObjects(home, plane),
          project(home, requests, clusters),
        ]),
        logins: homes.map(({ home }) => clusterLogin(home)),
        deliveries: [operationsSet(tenant), ...productsOf(homes).map((application) => productSet(tenant, application))],
      },
      secretReaders: environments.map(([{ home }]) => credentialReader(home, plane)),
    };
  },
} as const satisfies GitOpsEngine<"argocd">;
