import { z } from "zod";
import {
  homeReader,
  type ApplicationRepository,
  type HomeRequest,
  type OperationsRepository,
  type TenantRequest,
} from "../model/capability";
import type { TenantHome, TenantScope } from "../model/home";
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
import { productFolder } from "../model/product";
import { defineFeature, type Reference } from "./feature";
import { needObjects, needOf, needRequests, needsSchema } from "./needs";
import { needSecret, type ServingCluster } from "./needs/need";
import { sizes } from "./needs/sizes";
import { productMistakes, substitutions } from "./product-values";

const productValues = z.record(z.string(), z.union([z.string(), z.int(), z.boolean()]));

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
      values: productValues.default({}).describe("What the product lets its tenants choose: values of estate:products"),
      valuesByEnvironment: z
        .record(z.string(), productValues)
        .default({})
        .describe("Over those, in one environment: { prod: { replicas: 5 } }"),
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
      "New versions of the application's image are committed to the repositories of open environments, where the pipelines' page shows",
    ),
});

const applications = z.array(application).default([]);

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
      receivers: receivingClusters(tenant, environment.clusters).map((cluster) => ({
        cluster,
        host: receiverHost(cluster, tenant.estate.domain),
      })),
    };
  });
}

/** Where the GitOps engine is told of pushes: beside the homes, or where it runs for all of them. */
function receivingClusters({ estate: { gitops } }: TenantScope, clusters: readonly string[]): readonly string[] {
  if (!gitops.receivers) return [];
  return gitops.plane === undefined ? clusters : [gitops.plane];
}

/** Where an application's source is, without what only its manifests are told. */
function repositoryOf(from: Applications[number]["source"]): ApplicationRepository["source"] {
  return from.kind === "product" ? { kind: from.kind, product: from.product, channel: from.channel } : from;
}

/** What one home wants of the GitOps engine besides what its teams write themselves, and the logins that this takes. */
function homeRequests(home: TenantHome, specs: Applications): HomeRequest[] {
  const named = specs.flatMap(({ source: from }) => (from.kind === "product" ? [from.product] : []));
  const hidden = [...new Set(named)].filter((name) => home.estate.products[name]?.private === true);
  const updated = specs.flatMap(({ name, imageUpdates }) =>
    imageUpdates === undefined ? [] : [{ name, ...imageUpdates }],
  );
  // An engine that runs elsewhere reads repositories there.
  const readsHere = home.estate.gitops.plane === undefined;
  return [
    ...specs.flatMap(({ name, source: from, hosts }): HomeRequest[] => {
      if (from.kind !== "product") return [];
      const product = home.estate.products[from.product];
      const own = hosts?.[home.environment.name] ?? [];
      const substitute = product?.values === undefined ? {} : { substitute: substitutions(home, product, from, own) };
      const application = { name, product: from.product, channel: from.channel, ...substitute };
      return [{ capability: "delivery", want: "product", application }];
    }),
    ...(readsHere && hidden.length > 0 ? [homeReader(home, hidden.map(productFolder))] : []),
    { capability: "delivery", want: "image-updates", applications: updated },
  ];
}

/** Repositories of a tenant: its group and role groups, its applications, and what runs in each environment. */
export const repositories = defineFeature({
  key: "applications",
  summary: "Applications: each with its repository, and with a repository for what runs in each environment",
  schema: applications,
  profile: sizes,
  references: (specs, { products, environments }) =>
    specs.flatMap(({ source: from }, index) => {
      if (from.kind !== "product") return [];
      const path = [index, "source"];
      const product = products[from.product];
      if (product === undefined)
        return [{ path: [...path, "product"], what: "product", name: from.product, known: Object.keys(products) }];
      const channels = Object.keys(product.channels);
      const values = Object.keys(product.values ?? {});
      const said = (own: object, at: readonly string[]): Reference[] =>
        Object.keys(own).map((name) => {
          return { path: [...path, ...at, name], what: `value of product ${from.product}`, name, known: values };
        });
      return [
        { path: [...path, "channel"], what: `channel of product ${from.product}`, name: from.channel, known: channels },
        ...said(from.values, ["values"]),
        ...Object.entries(from.valuesByEnvironment).flatMap(([name, own]) => [
          { path: [...path, "valuesByEnvironment", name], what: "environment", name, known: environments },
          ...said(own, ["valuesByEnvironment", name]),
        ]),
      ];
    }),
  mistakes: (specs, { products }) =>
    specs.flatMap(({ source: from }, index) => {
      const product = from.kind === "product" ? products[from.product] : undefined;
      if (product === undefined || from.kind !== "product") return [];
      return productMistakes(product, from).map((one) => ({ ...one, path: [index, "source", ...one.path] }));
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
      needs.map((need, at) => {
        const { servedBy, remedy } = needOf(need.kind);
        const serves = (cluster: ServingCluster): boolean => servedBy(cluster) !== undefined;
        const told = remedy === undefined ? {} : { remedy };
        return { path: [index, "needs", at], secret: needSecret(name, need), kind: need.kind, serves, ...told };
      }),
    ),
  objects: (home, specs) => specs.flatMap((spec) => needObjects(home, spec)),
  requests: (home, specs, { postgres }) => [
    ...homeRequests(home, specs),
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
        applications: specs.map(({ name: application, source: from }) => ({
          name: application,
          source: repositoryOf(from),
        })),
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
