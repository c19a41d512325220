import type { DeliveryAlert, DeliveryRequest, ProductApplication, UpdatedApplication } from "../model/gitops";
import type { TenantHome } from "../model/home";
import { operationsSet, productSet } from "./argocd/applications";
import { credentialObjects, credentialReader } from "./argocd/credential";
import { argocdDelivery } from "./argocd/delivery";
import { imageUpdateAccess, imageUpdateObjects } from "./argocd/image-updates";
import { clusterLogin, homeBinding } from "./argocd/login";
import { argocdNamespace, placeName, productSuffix } from "./argocd/names";
import { notificationObjects } from "./argocd/notifications";
import { argocdPlatform } from "./argocd/platform";
import { project } from "./argocd/project";
import { settingsSchema, virtualAccess } from "./argocd/settings";
import { vclusterDelivery, vclusterObjects, vclusterProject } from "./argocd/vcluster";
import type { GitOpsEngine, WantingHome } from "./engine";
import { byEnvironment } from "./environments";
import { imageRepository } from "../model/names";
import { hasCredentials } from "../model/people";

/** The products that some home of the tenant runs, each once. */
function productsOf(homes: readonly WantingHome[]): ProductApplication[] {
  const found = new Map<string, ProductApplication>();
  for (const { requests } of homes)
    for (const request of requests)
      if (request.want === "product") found.set(request.application.name, request.application);
  return [...found.values()];
}

/** Where alerts of these homes go, each once. */
function alertsOf(homes: readonly WantingHome[]): DeliveryAlert[] {
  const found = new Map<string, DeliveryAlert>();
  for (const { requests } of homes)
    for (const request of requests) if (request.want === "alert") found.set(request.alert.name, request.alert);
  return [...found.values()];
}

/** The applications whose images are followed. */
const updatesOf = (requests: readonly DeliveryRequest[]): UpdatedApplication[] =>
  requests.flatMap((request) => (request.want === "image-updates" ? request.applications : []));

/** The Applications that the sets make for one environment. */
function applicationNames(
  home: TenantHome,
  requests: readonly DeliveryRequest[],
  clusters: readonly string[],
): string[] {
  const suffixes = ["", ...productsOf([{ home, requests }]).map(({ name }) => productSuffix(name))];
  return clusters.flatMap((cluster) => suffixes.map((suffix) => `${placeName(home.namespace, cluster)}${suffix}`));
}

/** Argo CD on the control plane: what it has of a tenant lies there, and in a home there is what it may do in it. */
export const argocd = {
  kind: "argocd",
  title: "Argo CD",
  namespace: argocdNamespace,
  instance: "argocd",
  receivers: false,
  imageVersions: {
    name: (estate) => imageRepository(estate, "<tenant>", "web"),
    mark: () => "",
    told: "Argo CD Image Updater writes the newest version of an application with `imageUpdates` here, at the image's whole name.",
  },
  schema: settingsSchema,
  lacks: {
    "image-updates": {
      registry: "ecr",
      cause: "Argo CD Image Updater has no role of AWS by which it could read images in ECR",
      remedy: "let the application's pipeline commit them to its repository, or write estate:gitops: { kind: flux }",
    },
    "alert-generic-hmac": {
      cause: "Argo CD signs nothing that it sends",
      remedy: "send it to another kind, or write estate:gitops: { kind: flux }",
    },
    "virtual-issuer": {
      cause:
        "virtual clusters let Argo CD in by tokens of the control plane, and on EKS AWS chooses the name of who signs them",
      remedy:
        "write it as estate:gitops.virtualClusters.issuer (aws eks describe-cluster tells it), or isolation: namespace",
    },
    entrance: {
      cause:
        "the way in to services that are installed is an object of Flux's operator, which waits until all of it is ready",
      remedy: "bring the services along by their addresses and remove the key, or write estate:gitops: { kind: flux }",
    },
    "addon-objects": {
      cause: "Argo CD brings an addon's chart, and this one needs objects of its own kinds besides",
      remedy: "install it otherwise and remove the key, or write estate:gitops: { kind: flux }",
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
  keep: { "argocd.argoproj.io/sync-options": "Prune=false,Delete=false" },
  virtual: virtualAccess,
  platform: argocdPlatform,
  delivery: argocdDelivery,
  home: (home, request) => {
    switch (request.want) {
      case "repository":
        // What is delivered into a virtual cluster touches nothing in the home.
        return hasCredentials(home.tenant) && home.tenant.isolation === "namespace" ? [homeBinding(home)] : [];
      case "credential":
      case "product":
      case "image-updates":
      case "alert":
        // On the control plane (`tenant`).
        return [];
      case "vcluster":
        return vclusterObjects(home, request.release);
    }
  },
  tenant: (tenant, homes, plane) => {
    const environments = byEnvironment(homes).map((own) => [own[0], own.map(({ home }) => home.cluster.name)] as const);
    const alerts = alertsOf(homes);
    const virtual = homes.flatMap(({ home, requests }) =>
      requests.flatMap((request) => (request.want === "vcluster" ? [vclusterDelivery(home, request.release)] : [])),
    );
    return {
      plan: {
        cluster: plane,
        objects: environments.flatMap(([{ home, requests }, clusters]) => [
          ...credentialObjects(home, plane, productsOf([{ home, requests }])),
          ...imageUpdateAccess(home, updatesOf(requests)),
          project(home, requests, clusters),
          ...requests.flatMap((request) =>
            request.want === "vcluster" ? [vclusterProject(home, request.release, clusters)] : [],
          ),
          ...notificationObjects(
            home,
            plane,
            alertsOf([{ home, requests }]),
            applicationNames(home, requests, clusters),
          ),
        ]),
        logins: [...homes.map(({ home }) => clusterLogin(home)), ...virtual.flatMap(({ logins }) => logins)],
        deliveries: [
          ...virtual.flatMap(({ deliveries }) => deliveries),
          operationsSet(tenant, alerts),
          ...productsOf(homes).map((application) => productSet(tenant, application, alerts)),
          ...environments.flatMap(([{ home, requests }, clusters]) =>
            imageUpdateObjects(home, clusters, updatesOf(requests)),
          ),
        ],
      },
      secretReaders: environments.map(([{ home, requests }]) =>
        credentialReader(home, plane, productsOf([{ home, requests }])),
      ),
    };
  },
} as const satisfies GitOpsEngine<"argocd">;
