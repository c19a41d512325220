import { beforeAll, describe, expect, it } from "vitest";
import { Estate, type EstateOutputs } from "../../components/estate";
import { takeOver } from "../../components/foundation";
import { eksKubeconfig } from "../../model/aws/kubeconfig";
import { access, plan, tenant } from "../support/fixtures";
import { eksSettings } from "../support/eks";
import { hasOutputs, record, unwrap, type Registration } from "../support/monitor";

// Clusters on EKS belong to the platform's stack; a stack of tenants is told how to speak to them.

const team = tenant("team-a");
const names = ["control-plane", "dev", "prod"];
const own = (scope: string) => eksSettings({ scope, ...(scope === "tenants" ? { platform: "dev" } : {}) });
const kubeconfigOf = (name: string): string =>
  eksKubeconfig({
    region: "eu-central-1",
    name: `acme-${name}`,
    endpoint: `https://${name}.eks.amazonaws.com`,
    authority: "UEVN",
    role: `arn:aws:iam::111122223333:role/acme-${name}-deployer`,
  });
const foundation = {
  secrets: {
    mount: "acme",
    pipelineMount: "acme-ci",
    authMounts: Object.fromEntries(names.map((name) => [name, `acme-${name}`])),
  },
  repositories: { parentId: 77, pipelines: "platform/tenants/platform/pipelines" },
  clusters: Object.fromEntries(names.map((name) => [name, "flux"])),
};
const kubeconfigs = Object.fromEntries(names.map((name) => [name, kubeconfigOf(name)]));
const taking = { platform: "dev", clusters: names, made: names, managed: false };
const handOver = (found: object): void =>
  hasOutputs("organization/project/dev", { foundation: found, receivers: "made" }, ["receivers"]);

describe("a stack of tenants whose clusters are on EKS", () => {
  let resources: readonly Registration[] = [];
  beforeAll(async () => {
    handOver({ ...foundation, kubeconfigs });
    resources = await record(async () => {
      const given = await takeOver(taking);
      return new Estate("acme", { plan: plan([team], own("tenants")), access, foundation: given }, {});
    });
  });

  it("makes nothing on AWS, and has no provider of it", () => {
    expect(resources.filter(({ type }) => type.includes("aws"))).toEqual([]);
  });

  it("speaks to the clusters as the platform says, by providers of the same names", () => {
    const provider = resources.find(({ name }) => name === "dev-provider");
    expect(unwrap(provider?.inputs)).toMatchObject({
      kubeconfig: kubeconfigs["dev"],
      clusterIdentifier: "arn:aws:eks:eu-central-1:111122223333:cluster/acme-dev",
    });
    expect(resources.some(({ name }) => name === "dev/Namespace/team-a-dev")).toBe(true);
  });

  it("has the tenants at the addresses that they have in one stack", async () => {
    const whole = await record(() => new Estate("acme", { plan: plan([team], own("everything")), access }, {}));
    const tenants = (of: readonly Registration[]): string[] =>
      of.flatMap(({ urn }) => (urn.includes("estate:index:Tenant") ? [urn] : [])).sort();
    expect(tenants(resources)).toEqual(tenants(whole));
  });

  it("stops with one line when the platform has not made a cluster yet", async () => {
    handOver({ ...foundation, kubeconfigs: { dev: kubeconfigOf("dev"), prod: kubeconfigOf("prod") } });
    let told = "";
    await record(() => takeOver(taking).catch((thrown: unknown) => (told = String(thrown))));
    expect(told).toContain("it lacks control-plane; raise it first");
  });
});

it("the platform hands over how its clusters are spoken to, and that is no secret", async () => {
  let outputs: EstateOutputs | undefined;
  await record(() => {
    outputs = new Estate("acme", { plan: plan([], own("platform")), access }, {}).outputs;
  });
  const handed = outputs?.foundation as unknown as {
    readonly isSecret: Promise<boolean>;
    promise(): Promise<{ readonly kubeconfigs: Readonly<Record<string, string>> }>;
  };
  expect(await handed.isSecret).toBe(false);
  const { kubeconfigs: told } = await handed.promise();
  expect(Object.keys(told).sort()).toEqual(names);
  expect(told["dev"]).toContain("get-token");
});
