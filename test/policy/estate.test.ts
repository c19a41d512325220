import type { ResourceValidationPolicy } from "@pulumi/policy";
import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { addons } from "../../model/addons";
import { serviceCharts } from "../../model/services";
import { versions } from "../../model/versions";
import { floors } from "../../policy/floors";
import { rules } from "../../policy/rules";
import { protectedData } from "../../policy/rules/protected-data";
import { below } from "../../policy/rules/version-floors";
import { managedSettings } from "../support/control-plane";
import { ecrSettings } from "../support/ecr";
import { access, plan, tenant } from "../support/fixtures";
import { record, type Registration } from "../support/monitor";
import { reports, type Given } from "./support";

const clients = { gitlabClient: "handed-gitlab-client", harborClient: "handed-harbor-client" };
const applications = [{ name: "web", needs: [{ kind: "postgres" }, { kind: "bucket" }] }];
const tenants = [
  tenant("team-a", { applications }),
  tenant("team-ab", { isolation: "vcluster", environments: ["dev"] }),
];

const given = ({ type, name, urn, protect, inputs }: Registration): Given => ({
  type,
  name,
  urn,
  protect,
  props: inputs,
});

describe.each([
  ["in Harbor", managedSettings({ protect: true }), clients],
  ["in ECR", ecrSettings({ protect: true, vault: { address: "https://vault.example.com" } }), {}],
])("an estate with everything that Estate makes, its images %s", (where, settings, secrets) => {
  let resources: readonly Given[] = [];
  beforeAll(async () => {
    const made = await record(() => new Estate("acme", { plan: plan(tenants, settings), access, secrets }, {}));
    // What the component says as an output is not among what is registered.
    const root = { type: "estate:index:Estate", name: "acme", props: { protect: true } };
    resources = [root, ...made.filter(({ type }) => type !== root.type).map(given)];
    expect(resources.length).toBeGreaterThan(where === "in ECR" ? 250 : 300);
  }, 120_000);

  it("breaks no mandatory rule", async () => {
    for (const rule of rules.filter(({ enforcementLevel }) => enforcementLevel !== "advisory"))
      expect(await reports(rule, ...resources), rule.name).toEqual([]);
  });

  it("would break the rules with marks and protection taken off", async () => {
    const [marks] = rules as readonly ResourceValidationPolicy[];
    const bare = resources.map((resource) => ({ ...resource, protect: false, props: withoutMarks(resource.props) }));
    const named = await reports(marks as ResourceValidationPolicy, ...bare);
    for (const part of ["dataJsonWo of ", "password of ", ...(where === "in ECR" ? [] : ["data of "])])
      expect(named.join("\n")).toContain(part);
    const open = await reports(protectedData, ...bare);
    for (const part of ["a database", "objects", "all that the key encrypts", "images", "a repository", "secrets"])
      expect(open.join("\n")).toContain(part);
  });
});

function withoutMarks(value: unknown): Record<string, unknown> {
  const bare = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(bare);
    if (typeof inner !== "object" || inner === null) return inner;
    if ("4dabf18193072939515e22adb298388d" in inner && "value" in inner) return bare(inner.value);
    return Object.fromEntries(Object.entries(inner).map(([key, part]) => [key, bare(part)]));
  };
  return bare(value) as Record<string, unknown>;
}

describe("the floors", () => {
  const installed = [
    ...addons.map(({ source, version }) => ({ chart: source.chart, version })),
    ...Object.values(serviceCharts),
    { chart: "external-secrets", version: versions.externalSecrets.installed },
  ];

  it("are those of the version table: what Estate installs below one is told to be behind, and nothing else is", () => {
    const behind = floors.filter((floor) => installed.some((release) => below(floor, release).length > 0));
    expect(behind.map(({ product }) => product)).toEqual(
      floors.filter((floor) => floor.behind !== undefined).map(({ product }) => product),
    );
  });
});
