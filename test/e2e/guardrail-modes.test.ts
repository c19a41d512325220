import type { Manifest } from "@estate/clients";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guardrails, policyNames } from "../../guardrails";
import { guardrailReport, type GuardrailReport } from "../../scripts/guardrail-report/report";
import { reportLines } from "../../scripts/guardrail-report/text";
import { plan, settings, tenant } from "../support/fixtures";
import { creates, home, mallory, neighbour, object, virtual, type Trial } from "../../escape/attack";
import { fluxObjects } from "../../escape/trials/flux-objects";
import { hosts } from "../../escape/trials/hosts";
import { rights } from "../../escape/trials/rights";
import { secrets } from "../../escape/trials/secrets";
import { walls } from "../../escape/trials/walls";
import { GuardedCluster } from "../../escape/guarded-cluster";
import { worstCase } from "../../escape/worst-case";

// The same attacks as in escape.test.ts, on a cluster whose guardrails warn; and who would be refused there, told before
// anybody is. Nothing here is made by anybody but the API server: no answer is worked out.

const trials: readonly Trial[] = [fluxObjects, ...walls, ...rights, ...secrets, hosts];

const tenants = [
  tenant("team-a", { applications: [{ name: "web", hosts: { dev: ["web.platform.example.com"] } }] }),
  tenant("team-ab"),
  tenant("virtual", { isolation: "vcluster" }),
];
const estateOf = (mode: "warn" | "enforce") => {
  const { clusters, profiles } = settings();
  const { dev } = clusters;
  if (dev === undefined) throw new Error("no cluster dev");
  const allotting = { quota: { pods: "50", "services.loadbalancers": "1", "services.nodeports": "1" } };
  return plan(
    tenants,
    settings({ clusters: { ...clusters, dev: { ...dev, guardrails: mode } }, profiles: { ...profiles, allotting } }),
  );
};
const warning = estateOf("warn");
const all = guardrails(warning.estate);
const always = all.filter((each) => each.always !== undefined).map(({ name }) => name);
let cluster: GuardedCluster;

const own = "harbor.example.com/acme-team-a/app:1";
const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
const podSpec = (image: string, rest: object = {}): object => ({
  automountServiceAccountToken: false,
  containers: [{ name: "main", image, securityContext: restricted }],
  ...rest,
});
const deployment = (name: string, image: string): Manifest =>
  object(
    "apps/v1",
    "Deployment",
    {
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: podSpec(image) },
      },
    },
    { name },
  );
const named = (name: string) => ({ name });
const tolerations = [{ key: "dedicated", operator: "Exists" }];
const cronJob = (name: string, image: string): Manifest =>
  object(
    "batch/v1",
    "CronJob",
    {
      spec: {
        schedule: "0 4 * * *",
        jobTemplate: { spec: { template: { spec: podSpec(image, { restartPolicy: "Never" }) } } },
      },
    },
    { name },
  );
const service = (name: string, spec: object): Manifest => object("v1", "Service", { spec }, { name });
const ingress = (name: string, host: string): Manifest =>
  object(
    "networking.k8s.io/v1",
    "Ingress",
    {
      spec: {
        rules: [
          {
            host,
            http: {
              paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
            },
          },
        ],
      },
    },
    { name },
  );
const claim = (name: string, spec: object): Manifest =>
  object(
    "v1",
    "PersistentVolumeClaim",
    { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec } },
    { name },
  );

/** What a team has that the guardrails would not let in, with what is told of it, and a twin of each that they let be. */
const standing: readonly { offence: Manifest; guardrail: string; reason: string; twin: Manifest }[] = [
  {
    offence: deployment("foreign-image", "docker.io/library/redis:7"),
    guardrail: "images",
    reason: "images come from the tenant's own project",
    twin: deployment("own-image", own),
  },
  {
    offence: cronJob("foreign-nightly", "harbor.example.com/acme-team-ab/app:1"),
    guardrail: "images",
    reason: "images come from the tenant's own project",
    twin: cronJob("own-nightly", own),
  },
  {
    offence: object("v1", "Pod", { spec: podSpec(own, { tolerations }) }, named("tolerant")),
    guardrail: "pods",
    reason: "nodes with a taint are not for tenants",
    twin: object("v1", "Pod", { spec: podSpec(own) }, named("modest")),
  },
  {
    offence: service("elsewhere", { type: "ExternalName", externalName: "elsewhere.example.com" }),
    guardrail: "services",
    reason: "no ExternalName",
    twin: service("web", { ports: [{ port: 80 }], selector: { app: "web" } }),
  },
  {
    offence: ingress("stolen", "shop.example.com"),
    guardrail: "hosts",
    reason: "only hosts that the tenant's file allots",
    twin: ingress("allotted", "web.platform.example.com"),
  },
  {
    offence: claim("found", { volumeName: "somebodys" }),
    guardrail: "volumes",
    reason: "no volumeName",
    twin: claim("new", {}),
  },
];

/** Any of a guardrail's policies, as the API server names it. */
const policyOf = (guardrail: string): RegExp =>
  new RegExp(
    all
      .filter(({ name }) => name === guardrail)
      .flatMap(policyNames)
      .map((name) => `ValidatingAdmissionPolicy '${name}'`)
      .join("|"),
  );

const byName = (one: string, other: string): number => (one < other ? -1 : 1);
/** What the trials need to stand there, some of it older than the rule that it breaks. */
const older = new Set(trials.flatMap(({ before = [] }) => before.map(({ metadata }) => metadata.name ?? "")));
const told = ({ refused }: GuardrailReport): string[] =>
  [
    ...new Set(
      refused
        .filter(({ name }) => !older.has(name))
        .map(({ guardrail, namespace, kind, name }) => `${guardrail} ${namespace} ${kind}/${name}`),
    ),
  ].sort(byName);
/** The RoleBinding that this test makes, so that no role refuses anything, is refused to a tenant, too. */
const homes = [home, neighbour, virtual];
const granted = worstCase(homes);
const bindings = granted.map(
  ({ metadata }) => `role-bindings ${metadata.namespace ?? ""} RoleBinding/${metadata.name ?? ""}`,
);
const expected = [
  ...standing.map(({ guardrail, offence }) => `${guardrail} ${home} ${offence.kind}/${String(offence.metadata.name)}`),
  ...bindings,
].sort(byName);

const report = (estate = warning): Promise<GuardrailReport> => guardrailReport(cluster.client, "dev", estate, all);

beforeAll(async () => {
  cluster = await GuardedCluster.start(
    warning,
    trials.flatMap(({ definitions = [] }) => definitions),
  );
  for (const { before = [] } of trials) await cluster.apply(before);
  await cluster.apply(granted);
});

afterAll(() => cluster.end());

describe("a cluster that warns", () => {
  it.each(standing)(
    "lets $offence.metadata.name pass, and says why it would not",
    async ({ offence, guardrail, reason, twin }) => {
      const made = offence.kind === "Deployment" || offence.kind === "CronJob" ? undefined : offence;
      if (made !== undefined) {
        const heard = await cluster.hears(creates(made));
        expect(heard.answer).toBe("ok");
        expect(heard.warnings.join("\n")).toMatch(policyOf(guardrail));
        expect(heard.warnings.join("\n")).toContain(reason);
      }
      expect(await cluster.hears(creates(twin))).toEqual({ answer: "ok", warnings: [] });
      for (const each of [offence, twin]) await cluster.client.create(each, { impersonate: mallory });
    },
  );

  it("refuses all the same what would outlast the mode", () => {
    const refusing = ["labels", "managed", "namespaces", "operate-only", "status", "token-requests", "token-secrets"];
    expect(always).toEqual(refusing);
    // operate-only is tried as operations: estate.test.ts.
    expect(trials.map(({ guardrail }) => guardrail)).toEqual(
      expect.arrayContaining(refusing.filter((name) => name !== "operate-only")),
    );
  });
});

describe.each(trials)("$guardrail on a cluster that warns", ({ guardrail, attacks }) => {
  const refuses = always.includes(guardrail);
  it.each(attacks)(`#$threat ${refuses ? "refuses" : "tells of"} $what`, async ({ attempt, reason, twin }) => {
    const { answer, warnings } = await cluster.hears(attempt);
    expect(refuses ? answer : warnings.join("\n")).toContain(reason);
    expect(answer.startsWith("403 ")).toBe(refuses);
    expect(await cluster.says(twin)).toBe("ok");
  });
});

describe("the report", () => {
  it("names each object that would be refused, with the guardrail and the reason, and no other", async () => {
    const found = await report();
    expect(told(found)).toEqual(expected);
    for (const { offence, guardrail, reason } of standing)
      expect(found.refused).toContainEqual(
        expect.objectContaining({
          tenant: "team-a",
          name: offence.metadata.name,
          guardrail,
          reason: expect.stringContaining(reason) as string,
          mode: "warn",
        }),
      );
    expect(found.unjudged).toEqual([]);
    expect(found.missing).toEqual([]);
    // What was asked about is more than what was found: the twins are among it.
    expect(found.asked).toBeGreaterThanOrEqual(2 * standing.length);
    expect(reportLines(found, all).join("\n")).toMatch(
      /^ {4}team-a-dev CronJob\/foreign-nightly \(by [^)]+\): images come from the tenant's own project/m,
    );
  });

  it("leaves nothing on the cluster", async () => {
    for (const { offence } of standing) {
      const { items } = await cluster.client.list(offence.apiVersion, offence.kind, { namespace: home });
      expect(
        items.map(({ metadata }) => metadata.name ?? "").filter((name) => name.startsWith("estate-report")),
      ).toEqual([]);
    }
  });
});

describe("the same cluster, once it enforces", () => {
  beforeAll(() => cluster.judgeBy(estateOf("enforce")));

  it.each(standing)(
    "refuses what would be like $offence.metadata.name, and takes its twin",
    async ({ offence, guardrail, reason, twin }) => {
      const again = (made: Manifest): Manifest => ({ ...made, metadata: { ...made.metadata, name: "again" } });
      if (offence.kind !== "Deployment" && offence.kind !== "CronJob") {
        const { answer } = await cluster.hears(creates(again(offence)));
        expect(answer).toMatch(/^403 /);
        expect(answer).toMatch(policyOf(guardrail));
        expect(answer).toContain(reason);
      }
      expect(await cluster.hears(creates(again(twin)))).toEqual({ answer: "ok", warnings: [] });
    },
  );

  it("tells the same of what stands there", async () => {
    const found = await report(estateOf("enforce"));
    expect(told(found)).toEqual(expected);
    expect(new Set(found.refused.map(({ mode }) => mode))).toEqual(new Set(["enforce"]));
  });

  it("tells a guardrail that nothing binds", async () => {
    await cluster.client.delete({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name: "estate-volumes" },
    });
    expect((await report()).missing).toEqual(["volumes"]);
  });
});
