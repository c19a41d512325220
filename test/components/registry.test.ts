import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { takeOver } from "../../components/foundation";
import type { Settings } from "../../config/schema";
import { eksKubeconfig } from "../../model/aws/kubeconfig";
import { registryHost } from "../../model/names";
import type { Tenant } from "../../tenants/schema";
import { ecrSettings } from "../support/ecr";
import { eksSettings } from "../support/eks";
import { access, plan, tenant } from "../support/fixtures";
import { hasOutputs, record, unwrap, type Registration } from "../support/monitor";

// What any registry must do for a tenant, held to each backend by the same tests; then what is ECR's own.

const applications = [{ name: "web", images: ["worker"] }, { name: "api" }];
const team = (name: string, change: Record<string, unknown> = {}): Tenant => tenant(name, { applications, ...change });
const raise = (own: Settings, tenants: readonly Tenant[]): Promise<readonly Registration[]> =>
  record(() => new Estate("acme", { plan: plan(tenants, own), access }, {}));
const ofTenant = (name: string, all: readonly Registration[]): Registration[] =>
  all.filter(({ parent }) => parent.endsWith(`::tenant-${name}`));
const text = ({ inputs }: Registration): string => JSON.stringify(unwrap(inputs));

/** How the same is seen in each backend. */
interface Seen {
  readonly settings: (change?: Record<string, unknown>) => Settings;
  /** Beginning of the tenant's images' names, behind the host. */
  readonly prefix: (name: string) => string;
  /** Resources whose loss loses images. */
  readonly holders: string;
  /** What pushes, and what pulls: resources that are the way in. */
  readonly push: (own: readonly Registration[]) => readonly Registration[];
  readonly pull: (own: readonly Registration[]) => readonly Registration[];
  readonly keeps: RegExp;
  readonly scans: RegExp;
  readonly immutable: RegExp;
}

const robots = (own: readonly Registration[], right: string): readonly Registration[] =>
  own.filter((one) => one.type === "harbor:index/robotAccount:RobotAccount" && text(one).includes(`"name":"${right}`));

const backends: readonly (readonly [string, Seen])[] = [
  [
    "harbor",
    {
      settings: (change) => eksSettings({ registry: { kind: "harbor", keep: 7 }, ...change }),
      prefix: (name) => `acme-${name}/`,
      holders: "harbor:index/project:Project",
      push: (own) => robots(own, "ci-"),
      pull: (own) => robots(own, "pull-"),
      keeps: /"mostRecentlyPushed":7/,
      scans: /"vulnerabilityScanning":true/,
      immutable: /"tagMatching":"v\*"/,
    },
  ],
  [
    "ecr",
    {
      settings: (change) => ecrSettings({ registry: { kind: "ecr", keep: 7 }, ...change }),
      prefix: (name) => `acme/${name}/`,
      holders: "aws:ecr/repository:Repository",
      push: (own) => own.filter(({ type, name }) => type === "aws:iam/role:Role" && name.endsWith("-push")),
      pull: (own) => own.filter(({ type }) => type === "aws:ecr/repositoryPolicy:RepositoryPolicy"),
      keeps: /\\"countNumber\\":7/,
      scans: /"scanOnPush":true/,
      immutable: /"imageTagMutability":"IMMUTABLE"/,
    },
  ],
];

describe.each(backends)("registry %s", (_kind, seen) => {
  let all: readonly Registration[] = [];
  let own: readonly Registration[] = [];
  beforeAll(async () => {
    all = await raise(seen.settings(), [team("team-a"), team("team-ab")]);
    own = ofTenant("team-a", all).filter(({ name }) => name.startsWith("registry/"));
  });

  it("makes a tenant's part below the tenant, and nothing of a tenant's elsewhere", () => {
    expect(own.length).toBeGreaterThan(0);
    const elsewhere = all.filter(
      ({ name, parent }) => name.startsWith("registry/") && !/::tenant-team-ab?$/.test(parent),
    );
    expect(elsewhere).toEqual([]);
  });

  it("names nothing of the tenant whose name it begins", () => {
    const other = ofTenant("team-ab", all).filter(({ name }) => name.startsWith("registry/"));
    expect(other).toHaveLength(own.length);
    expect(own.map(text).join()).not.toContain("team-ab");
    expect(other.map(text).join()).not.toMatch(/team-a(?!b)/);
  });

  it("keeps the newest, scans what is pushed, and lets no release become something else", () => {
    const said = own.map(text).join();
    expect(said).toMatch(seen.keeps);
    expect(said).toMatch(seen.scans);
    expect(said).toMatch(seen.immutable);
  });

  it("gives a way to push and a way to pull, and they go with a tenant on its way out; what holds images stays", async () => {
    expect(seen.push(own)).toHaveLength(1);
    expect(seen.pull(own).length).toBeGreaterThan(0);
    const leaving = ofTenant(
      "team-a",
      await raise(seen.settings(), [team("team-a", { lifecycle: { state: "retiring" } })]),
    );
    expect(seen.push(leaving)).toEqual([]);
    expect(leaving.filter(({ type }) => type === seen.holders).map(({ name }) => name)).toEqual(
      own.filter(({ type }) => type === seen.holders).map(({ name }) => name),
    );
    const gone = await raise(seen.settings(), [team("team-a", { lifecycle: { state: "removed" } })]);
    expect(ofTenant("team-a", gone).filter(({ name }) => name.startsWith("registry/"))).toEqual([]);
  });

  it("keeps images by all means in a protected estate, and lets them go in another", async () => {
    const urls = { vault: { address: "https://v.example.com" } };
    const guarded = await raise(seen.settings({ protect: true, ...urls }), [team("team-a")]);
    for (const [resources, kept] of [
      [ofTenant("team-a", guarded), true],
      [own, false],
    ] as const) {
      const holders = resources.filter(({ type }) => type === seen.holders);
      expect(holders.length).toBeGreaterThan(0);
      for (const holder of holders) {
        expect(holder.protect, holder.name).toBe(kept);

        expect(holder.inputs[seen.holders.startsWith("aws") ? "forceDelete" : "forceDestroy"]).toBe(!kept);
      }
    }
  });

  it("is where guardrails, image automation and pipelines look for images", () => {
    const { clusters, estate, pipelines, tenants } = plan(
      [team("team-a", { applications: [{ name: "web", imageUpdates: { range: "^1" } }] })],
      seen.settings(),
    );
    const prefix = `${registryHost(estate.registry.url)}/${seen.prefix("")}`.replace(/\/$/, "");
    const guardrail = clusters[0]?.platform.guardrails.find(({ metadata }) => metadata.name === "estate-images");
    expect(JSON.stringify(guardrail?.spec)).toContain(`\\"${prefix}\\" + namespaceObject.metadata.labels`);
    const watched = tenants[0]?.homes.flatMap(({ objects }) => objects).find(({ kind }) => kind === "ImageRepository");
    expect(watched?.spec).toMatchObject({ image: `${registryHost(estate.registry.url)}/${seen.prefix("team-a")}web` });
    expect(pipelines["application.yml"]).toContain(`image="$registry/${seen.prefix("$tenant")}$CI_PROJECT_NAME"`);
  });
});

const kubeconfigOf = (name: string): string =>
  eksKubeconfig({
    region: "eu-central-1",
    name: `acme-${name}`,
    endpoint: `https://${name}.eks.amazonaws.com`,
    authority: "UEVN",
    role: `arn:aws:iam::111122223333:role/acme-${name}-deployer`,
  });

describe("images in ECR", () => {
  let all: readonly Registration[] = [];
  const inputs = (name: string, type = ""): Record<string, unknown> => {
    const found = all.find((one) => one.name === name && one.type.includes(type));
    if (found === undefined) throw new Error(`no ${name}; there are ${all.map((one) => one.name).join()}`);
    return unwrap(found.inputs) as Record<string, unknown>;
  };
  const document = (of: unknown): unknown => JSON.parse(String(of));
  beforeAll(async () => {
    all = await raise(ecrSettings(), [team("team-a")]);
  });

  it("have a repository each, by application and by what its pipeline pushes besides", () => {
    const made = all.filter(({ type }) => type === "aws:ecr/repository:Repository");
    expect(made.map((one) => one.inputs["name"])).toEqual([
      "acme/team-a/web",
      "acme/team-a/web/worker",
      "acme/team-a/api",
    ]);
    for (const one of made) {
      expect(one.provider).toContain("::aws-provider::");
      expect(one.inputs["encryptionConfigurations"]).toEqual([{ encryptionType: "AES256" }]);
    }
  });

  it("have none for what is not the tenant's own source", async () => {
    const foreign = [{ name: "shared", source: { kind: "existing", path: "other/shared" } }];
    const resources = await raise(ecrSettings(), [team("team-a", { applications: foreign })]);
    expect(resources.filter(({ type }) => type.startsWith("aws:ecr/"))).toEqual([]);
    expect(resources.filter(({ name }) => name.endsWith("-push"))).toEqual([]);
  });

  it("are encrypted by a key of KMS where one is named", async () => {
    const key = "arn:aws:kms:eu-central-1:111122223333:key/0";
    const resources = await raise(ecrSettings({ registry: { kind: "ecr", key } }), [team("team-a")]);
    const [made] = resources.filter(({ type }) => type === "aws:ecr/repository:Repository");
    expect(made?.inputs["encryptionConfigurations"]).toEqual([{ encryptionType: "KMS", kmsKey: key }]);
  });

  it("are pushed by pipelines of exactly the tenant's projects, on their protected branch", () => {
    expect(inputs("registry-pipelines")).toEqual({
      url: "https://gitlab.example.com",
      clientIdLists: ["sts.amazonaws.com"],
    });
    expect(inputs("registry/team-a-push", "iam/role:")["name"]).toBe("acme-ci.team-a");
    expect(document(inputs("registry/team-a-push", "iam/role:")["assumeRolePolicy"])).toMatchObject({
      Statement: [
        {
          Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/gitlab.example.com" },
          Action: ["sts:AssumeRoleWithWebIdentity"],
          Condition: {
            StringEquals: {
              "gitlab.example.com:aud": "sts.amazonaws.com",
              "gitlab.example.com:sub": [
                "project_path:platform/tenants/team-a/api:ref_type:branch:ref:main",
                "project_path:platform/tenants/team-a/web:ref_type:branch:ref:main",
              ],
            },
          },
        },
      ],
    });
    const role = all.find(({ name, type }) => name === "registry/team-a-push" && type === "aws:iam/role:Role");
    const provider = all.find(({ name }) => name === "registry-pipelines");
    expect(role?.dependencies).toContain(provider?.urn);
  });

  it("are pulled by nodes of the tenant's clusters, by their role", () => {
    expect(document(inputs("registry/team-a/web-pull")["policy"])).toMatchObject({
      Statement: [
        {
          Principal: { AWS: ["arn:aws:iam::111122223333:root"] },
          Condition: {
            ArnEquals: {
              "aws:PrincipalArn": ["dev", "prod"].map((name) => `arn:aws:iam::111122223333:role/acme-${name}-nodes`),
            },
          },
        },
      ],
    });
  });

  it("need no password: none is made, none is kept, none comes into a home", () => {
    expect(all.filter(({ type }) => type.startsWith("harbor:") || type.includes("providers:harbor"))).toEqual([]);
    const told = all.map((one) => `${one.name} ${text(one)}`).join("\n");
    expect(told).not.toMatch(/image-pull|dockerconfigjson|robot/);
    const { pipelines, tenants } = plan([team("team-a"), team("team-v", { isolation: "vcluster" })], ecrSettings());
    expect(JSON.stringify(tenants)).not.toContain("image-pull");
    expect(pipelines["application.yml"]).not.toMatch(/vault|VAULT/);
  });

  it("are looked for by Flux as a role of each workload cluster, and of no other", () => {
    const found = all.filter(({ name }) => name.endsWith("-identity-images"));
    expect(found.map(({ name }) => name)).toEqual(["dev-identity-images", "prod-identity-images"]);
    expect(found[0]?.inputs).toMatchObject({ namespace: "flux-system", serviceAccount: "image-reflector-controller" });
  });

  it("are looked for by no other engine", () => {
    const { clusters } = plan([], ecrSettings({ gitops: { kind: "argocd" } }));
    const purposes = clusters.flatMap(({ connection }) =>
      connection.kind === "eks" ? connection.identities.map(({ purpose }) => purpose) : [],
    );
    expect(purposes).not.toContain("images");
  });

  it("leave the issuer to another stack where IAM knows it, and take another address of it", async () => {
    const registry = { kind: "ecr", issuer: "https://tokens.example.com", issuerKnown: true };
    const resources = await raise(ecrSettings({ registry }), [team("team-a")]);
    expect(resources.filter(({ name }) => name === "registry-pipelines")).toEqual([]);
    const role = resources.find(({ name, type }) => name === "registry/team-a-push" && type === "aws:iam/role:Role");
    expect(String(role?.inputs["assumeRolePolicy"])).toContain("oidc-provider/tokens.example.com");
  });

  it("belong to a stack of tenants, which trusts by what its platform made", async () => {
    const names = ["control-plane", "dev", "prod"];
    hasOutputs(
      "organization/project/dev",
      {
        foundation: {
          secrets: {
            mount: "acme",
            pipelineMount: "acme-ci",
            authMounts: Object.fromEntries(names.map((n) => [n, n])),
          },
          repositories: { parentId: 77, pipelines: "p" },
          clusters: Object.fromEntries(names.map((name) => [name, "flux"])),
          kubeconfigs: Object.fromEntries(names.map((name) => [name, kubeconfigOf(name)])),
        },
        receivers: "made",
      },
      ["receivers"],
    );
    const own = ecrSettings({ scope: "tenants", platform: "dev" });
    const resources = await record(async () => {
      const foundation = await takeOver({ platform: "dev", clusters: names, made: names, managed: false });
      return new Estate("acme", { plan: plan([team("team-a")], own), access, foundation }, {});
    });
    const onAws = resources.filter(({ type }) => type.startsWith("aws:"));
    expect(onAws.every(({ name }) => name.startsWith("registry/team-a"))).toBe(true);
    const addresses = (of: readonly Registration[]): string[] =>
      ofTenant("team-a", of)
        .map(({ urn }) => urn)
        .sort();
    expect(addresses(resources)).toEqual(addresses(all));
  });
});
