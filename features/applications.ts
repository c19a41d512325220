import { z } from "zod";
import type { OperationsRepository, TenantRequest } from "../model/capability";
import type { DeliveryRequest } from "../model/gitops";
import type { TenantScope } from "../model/home";
import {
  applicationNamePattern,
  clusterNamePattern,
  hostPattern,
  operationsProject,
  pipelineFolder,
  projectPath,
  receiverHost,
} from "../model/names";
import { tenantPage } from "../model/page";
import { hasCredentials, peopleReach } from "../model/people";
import { promotionsOf } from "../model/pipeline";
import { defineFeature } from "./feature";
import { needObjects, needOf, needRequests, needsSchema } from "./needs";
import { needSecret } from "./needs/need";

const source = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("own").describe("A project in the tenant's group") }),
    z.strictObject({
      kind: z.literal("existing").describe("A project that is there already"),
      path: z
        .string()
        .regex(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/, { error: "not a project's path" })
        .describe("The project's whole path in GitLab"),
    }),
    z.strictObject({
      kind: z.literal("product").describe("One product's repository, shared by many tenants"),
      product: z.string().describe("Its name in estate:products"),
      channel: z.string().default("stable").describe("Which of the product's versions: a channel of estate:products"),
    }),
  ])
  .prefault({ kind: "own" })
  .describe("Where its source is: a project of the tenant's own when absent");

const application = z.strictObject({
  name: z
    .string()
    .regex(applicationNamePattern, {
      error:
        "an application's name is a DNS label that does not begin with ops-, and no word of GitLab's or Estate's own",
    })
    .describe("The application's name: its project and its image are called so"),
  source,
  images: z
    .array(
      z
        .string()
        .regex(clusterNamePattern, { error: "an image's name is a DNS label: a-z, 0-9 and single hyphens inside" }),
    )
    .refine((names) => new Set(names).size === names.length, { error: "an image is named twice" })
    .meta({ uniqueItems: true })
    .optional()
    .describe("Further images that its pipeline pushes, each below its own: checkout/worker. For a source of its own"),
  needs: needsSchema,
  hosts: z
    .record(
      z.string(),
      z.array(z.string().regex(hostPattern, { error: "a host name is a whole DNS name in lower case" })),
    )
    .optional()
    .describe("Host names by environment, below the estate's domain: what ingresses and routes may have"),
  imageUpdates: z
    .strictObject({ range: z.string().describe("Semantic versions to follow: ^1.x-0") })
    .optional()
    .describe(
      "Flux commits new versions of the application's image to the repositories of open environments, at the marker that the tenant's page shows",
    ),
});

const applications = z.array(application).default([]);

/** What the databases of a profile's applications are like. */
const sizes = z
  .strictObject({
    postgres: z
      .strictObject({
        instanceClass: z
          .string()
          .regex(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, { error: "not a class of databases, as db.t4g.micro is one" })
          .default("db.t4g.micro"),
        storageGi: z
          .int()
          .min(20)
          .max(16_384)
          .default(20)
          .describe("GiB to begin with; it grows by itself to four times that"),
      })
      .prefault({})
      .describe("Each database that an application needs"),
  })
  .prefault({});

type Applications = z.infer<typeof applications>;

/**
 * Each environment's repository is forked from the one it is promoted to, so that a promotion is a merge request upstream;
 * and stands after that one.
 */
function operations(tenant: TenantScope, specs: Applications): OperationsRepository[] {
  const promotions = promotionsOf(tenant.environments);
  const target = (environment: string): string | undefined => promotions.find(({ from }) => from === environment)?.into;
  const distance = (environment: string): number => {
    const next = target(environment);
    return next === undefined ? 0 : 1 + distance(next);
  };
  const upstreamFirst = [...tenant.environments].sort((a, b) => distance(a.name) - distance(b.name));
  return upstreamFirst.map((environment) => {
    const forkOf = target(environment.name);
    const promotesFrom = promotions.find(({ into }) => into === environment.name)?.from;
    return {
      environment: environment.name,
      gate: environment.gate,
      ...(forkOf === undefined ? {} : { forkOf }),
      ...(promotesFrom === undefined ? {} : { promotesFrom }),
      automation: environment.gate === "open" && specs.some(({ imageUpdates }) => imageUpdates !== undefined),
      receivers: tenant.estate.gitops.receivers
        ? environment.clusters.map((cluster) => ({ cluster, host: receiverHost(cluster, tenant.estate.domain) }))
        : [],
    };
  });
}

/** What one home wants of the GitOps engine besides what its teams write themselves. */
function deliveries(specs: Applications): DeliveryRequest[] {
  const updated = specs.flatMap(({ name, imageUpdates }) =>
    imageUpdates === undefined ? [] : [{ name, ...imageUpdates }],
  );
  return [
    ...specs.flatMap(({ name, source: from }): DeliveryRequest[] =>
      from.kind === "product"
        ? [
            {
              capability: "delivery",
              want: "product",
              application: { name, product: from.product, channel: from.channel },
            },
          ]
        : [],
    ),
    { capability: "delivery", want: "image-updates", applications: updated },
  ];
}

/** Repositories of a tenant: its group and role groups, its applications, and what runs in each environment. */
export const repositories = defineFeature({
  key: "applications",
  summary: "Applications: each with its repository, and with a repository for what runs in each environment",
  schema: applications,
  profile: sizes,
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
  hosts: (specs) =>
    specs.flatMap(({ hosts = {} }, index) =>
      Object.entries(hosts).flatMap(([environment, names]) =>
        names.map((name) => ({ path: [index, "hosts", environment], environment, name })),
      ),
    ),
  abilities: (specs) =>
    specs.flatMap(({ imageUpdates }, index) =>
      imageUpdates === undefined ? [] : [{ path: [index, "imageUpdates"], ability: "image-updates" as const }],
    ),
  images: (specs) =>
    specs.flatMap(({ name, source: from, images: further = [] }) =>
      from.kind === "own" ? [{ project: name, images: [name, ...further.map((image) => `${name}/${image}`)] }] : [],
    ),
  needs: (specs) =>
    specs.flatMap(({ name, needs }, index) =>
      needs.map((need, at) => ({
        path: [index, "needs", at],
        secret: needSecret(name, need),
        kind: need.kind,
        clusters: needOf(need.kind).clusters,
      })),
    ),
  objects: (home, specs) => specs.flatMap((spec) => needObjects(home, spec)),
  requests: (home, specs, { postgres }) => [
    ...deliveries(specs),
    ...specs.flatMap((spec) => needRequests(home, spec, postgres)),
  ],
  tenantRequests: (tenant, specs): TenantRequest[] => {
    const { name, displayName, membership } = tenant.tenant;
    const credentials = hasCredentials(tenant.tenant);
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
        people: peopleReach(tenant.tenant),
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
