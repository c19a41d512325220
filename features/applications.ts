import { z } from "zod";
import type { OperationsRepository, TenantRequest } from "../model/capability";
import { deliveryTarget } from "../model/delivery";
import type { TenantHome, TenantScope } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";
import { applicationNamePattern, operationsProject, pipelineFolder, projectPath, receiverHost } from "../model/names";
import { tenantPage } from "../model/page";
import { promotionsOf } from "../model/pipeline";
import { reconciler } from "../model/platform";
import { defineFeature } from "./feature";

const source = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("own").describe("A project in the tenant's group") }),
    z.strictObject({
      kind: z.literal("existing").describe("A project that is there already"),
      path: z.string().regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/, { error: "not a project's path" }),
    }),
    z.strictObject({
      kind: z.literal("product").describe("One product's repository, shared by many tenants"),
      product: z.string(),
      channel: z.string().default("stable"),
    }),
  ])
  .prefault({ kind: "own" });

const application = z.strictObject({
  name: z
    .string()
    .regex(applicationNamePattern, { error: "an application's name is a DNS label that does not begin with ops-" }),
  source,
  hosts: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .describe("Host names by environment: checked for form, and not used by anything yet"),
  imageUpdates: z
    .strictObject({ range: z.string().describe("Semantic versions to follow: ^1.x-0") })
    .optional()
    .describe(
      "Gives image automation a credential that writes to the repositories of open environments; the automation itself is yet to come",
    ),
});

const applications = z.array(application).default([]);

type Applications = z.infer<typeof applications>;

/** Each environment's repository is forked from the one it is promoted to, so that a promotion is a merge request upstream. */
function operations(tenant: TenantScope, specs: Applications): OperationsRepository[] {
  const promotions = promotionsOf(tenant.environments);
  return tenant.environments.map((environment) => {
    const forkOf = promotions.find(({ from }) => from === environment.name)?.into;
    const promotesFrom = promotions.find(({ into }) => into === environment.name)?.from;
    return {
      environment: environment.name,
      gate: environment.gate,
      ...(forkOf === undefined ? {} : { forkOf }),
      ...(promotesFrom === undefined ? {} : { promotesFrom }),
      automation: environment.gate === "open" && specs.some(({ imageUpdates }) => imageUpdates !== undefined),
      receivers: environment.clusters.map((cluster) => ({
        cluster,
        host: receiverHost(cluster, tenant.estate.domain),
      })),
    };
  });
}

/** Flux brings a product's own manifests, of the channel's newest version, as the tenant's reconciler. */
function productObjects(home: TenantHome, specs: Applications): KubernetesObject[] {
  return specs.flatMap(({ name, source: from }) => {
    if (from.kind !== "product") return [];
    const product = home.estate.products[from.product];
    const semver = product?.channels[from.channel];
    if (product === undefined || semver === undefined)
      throw new RangeError(`product ${from.product} has no channel ${from.channel}`);
    const metadata = { name: `product-${name}`, namespace: home.namespace, labels: home.labels };
    return [
      {
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "GitRepository",
        metadata,
        spec: { interval: "10m0s", timeout: "60s", url: product.repository, ref: { semver } },
      },
      {
        apiVersion: "kustomize.toolkit.fluxcd.io/v1",
        kind: "Kustomization",
        metadata,
        spec: {
          interval: "10m0s",
          retryInterval: "2m0s",
          timeout: "5m0s",
          path: product.path,
          prune: true,
          serviceAccountName: reconciler,
          sourceRef: { kind: "GitRepository", name: metadata.name },
          ...deliveryTarget(home),
        },
      },
    ];
  });
}

/** Repositories of a tenant: its group and role groups, its applications, and what runs in each environment. */
export const repositories = defineFeature({
  key: "applications",
  summary: "Applications: each with its repository, and with a repository for what runs in each environment",
  schema: applications,
  references: (specs, { products }) =>
    specs.flatMap(({ source: from }, index) => {
      if (from.kind !== "product") return [];
      const path = [index, "source"];
      const product = products[from.product];
      if (product === undefined)
        return [{ path: [...path, "product"], what: "product", name: from.product, known: Object.keys(products) }];
      const channels = Object.keys(product.channels);
      return [
        { path: [...path, "channel"], what: `channel of product ${from.product}`, name: from.channel, known: channels },
      ];
    }),
  objects: productObjects,
  tenantRequests: (tenant, specs): TenantRequest[] => {
    const { name, displayName, state, membership } = tenant.tenant;
    const credentials = state === "active" || state === "suspended";
    const own = specs.filter((spec) => spec.source.kind === "own").map((spec) => spec.name);
    const promoting = new Set(promotionsOf(tenant.environments).map(({ from }) => operationsProject(from)));
    const withPipeline = [...own, ...promoting].map((project) =>
      projectPath(tenant.estate.gitlab.parent, name, project),
    );
    return [
      {
        capability: "repositories",
        tenant: name,
        displayName,
        roles: membership,
        applications: specs.map(({ name: application, source: from }) => ({ name: application, source: from })),
        operations: operations(tenant, specs),
        page: tenantPage(
          tenant,
          specs.map((spec) => spec.name),
        ),
        credentials,
      },
      ...(credentials && withPipeline.length > 0
        ? [
            {
              capability: "pipelines" as const,
              tenant: name,
              projects: withPipeline,
              folders: [pipelineFolder(name)],
            },
          ]
        : []),
    ];
  },
});
