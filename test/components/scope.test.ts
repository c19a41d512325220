import { beforeAll, describe, expect, it } from "vitest";
import { Estate, type EstateOutputs } from "../../components/estate";
import { takeOver } from "../../components/foundation";
import { access, plan, settings, tenant } from "../support/fixtures";
import { hasOutputs, record, unwrap, type Registration } from "../support/monitor";

// What one stack holds, two can: the platform's and the tenants' resources have the same addresses in both.

const team = tenant("team-a", { applications: [{ name: "web", source: { kind: "own" } }] });
const own = (scope: string) => settings({ scope, ...(scope === "tenants" ? { platform: "dev" } : {}) });

const taking = { platform: "dev", clusters: ["control-plane", "dev", "prod"], made: [], managed: false };

const raise = (scope: "everything" | "platform" | "tenants") =>
  record(async () => {
    const planned = plan(scope === "platform" ? [] : [team], own(scope));
    const foundation = scope === "tenants" ? { foundation: await takeOver(taking) } : {};
    return new Estate("acme", { plan: planned, access, ...foundation }, {});
  });

const foundation = (change: Record<string, unknown> = {}) => ({
  foundation: {
    secrets: {
      mount: "acme",
      pipelineMount: "acme-ci",
      authMounts: { "control-plane": "acme-control-plane", dev: "acme-dev", prod: "acme-prod" },
    },
    repositories: { parentId: 77, pipelines: "platform/tenants/platform/pipelines" },
    clusters: { "control-plane": "flux", dev: "flux", prod: "flux" },
    ...change,
  },
  receivers: "made",
});
const platformStack = "organization/project/dev";
const handOver = (outputs: object): void => hasOutputs(platformStack, outputs, ["receivers"]);

const of = (resources: readonly Registration[]): string[] =>
  resources
    .filter(({ type }) => !type.startsWith("pulumi:providers:"))
    .map(({ urn }) => urn)
    .sort();
const belongsToTenant = (urn: string): boolean => urn.includes("estate:index:Tenant");

describe("scopes", () => {
  let everything: readonly Registration[] = [];
  let platform: readonly Registration[] = [];
  let tenants: readonly Registration[] = [];

  beforeAll(async () => {
    handOver(foundation());
    [everything, platform, tenants] = [await raise("everything"), await raise("platform"), await raise("tenants")];
  });

  it("part the resources of one stack: each is in the platform's or the tenants', at the same address", () => {
    expect(of(platform)).toEqual(of(everything).filter((urn) => !belongsToTenant(urn)));
    expect(of(tenants).filter(belongsToTenant)).toEqual(of(everything).filter(belongsToTenant));
    expect(of(tenants).filter(belongsToTenant).length).toBeGreaterThan(60);
    const beside = of(tenants).filter((urn) => !belongsToTenant(urn));
    expect(beside.map((urn) => urn.split("::").slice(2).join(" ")).sort()).toEqual([
      "estate:index:Estate$estate:index:Cluster control-plane",
      "estate:index:Estate$estate:index:Cluster dev",
      "estate:index:Estate$estate:index:Cluster prod",
      "estate:index:Estate$estate:index:ClusterIdentities clusters",
      "pulumi:pulumi:Stack$estate:index:Estate acme",
    ]);
  });

  it("give tenants the same inputs, from what the platform hands over", () => {
    const byUrn = new Map(everything.map((resource) => [resource.urn, resource]));
    for (const { urn, type, inputs } of tenants.filter(({ urn }) => belongsToTenant(urn))) {
      const before = byUrn.get(urn);
      // Numbers that GitLab gives differ from run to run of the monitor.
      if (type.startsWith("gitlab:")) continue;
      expect(unwrap(inputs), urn).toEqual(unwrap(before?.inputs));
    }
    const group = tenants.find(({ name }) => name === "gitlab/team-a");
    expect(group?.inputs["parentId"]).toBe(77);
  });

  it("keep the key of the receivers' tokens secret, and nothing else of what is handed over", async () => {
    let outputs: EstateOutputs | undefined;
    await record(() => {
      outputs = new Estate("acme", { plan: plan([], own("platform")), access }, {}).outputs;
    });
    const secret = async (value: unknown) => (value as { readonly isSecret: Promise<boolean> }).isSecret;
    expect(await secret(outputs?.receivers)).toBe(true);
    expect(await secret(outputs?.foundation)).toBe(false);
    const hook = tenants.find(({ type }) => type.endsWith(":ProjectHook"));
    expect(JSON.stringify(hook?.inputs["token"])).toContain("4dabf18193072939515e22adb298388d");
  });

  it.each([
    ["is not there", {}, false, 'stack "dev" hands nothing over; raise it first, with scope platform'],
    [
      "lacks a cluster",
      foundation({ clusters: { dev: "flux", prod: "flux" } }),
      false,
      "it lacks control-plane; raise",
    ],
    ["delivers otherwise", foundation(), true, "it delivers no tenant by Git; raise it first: pulumi up --stack dev"],
  ])("stop with one line when the platform %s", async (_, outputs, managed, message) => {
    let told = "";
    const take = (): Promise<unknown> =>
      takeOver({ ...taking, managed }).catch((thrown: unknown) => (told = String(thrown)));
    handOver(outputs);
    await record(take);
    expect(told).toContain(message);
    handOver(foundation({ management: "12" }));
    told = "";
    await record(take);
    expect(told).toBe("");
  });
});
