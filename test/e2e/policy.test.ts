import { ensureTools, pulumiEnvironment, silent } from "@estate/sandbox";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyPack, type PreparedPack } from "../../scripts/policy-pack";
import { pulumi, type PulumiContext, type PulumiResult } from "../../scripts/pulumi-cli";
import { previewLosses } from "../../scripts/losses";

// The real engine runs the pack, on a program that makes components alone: these need no provider, and the engine asks the pack
// about them as about all others. That the estate itself breaks no rule is shown in installed-preview.test.ts.

const checkout = join(__dirname, "..", "..");
let folder: string;
let context: PulumiContext;
let pack: PreparedPack;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-policy-test-"));
  const { folders } = await ensureTools(["pulumi", "pulumi-language-nodejs"], silent);
  const cwd = join(folder, "project");
  mkdirSync(join(folder, "pulumi"), { recursive: true });
  mkdirSync(cwd);
  symlinkSync(join(checkout, "node_modules"), join(cwd, "node_modules"), "dir");
  writeFileSync(join(cwd, "Pulumi.yaml"), "name: tried\nruntime: nodejs\n");
  writeFileSync(join(cwd, "package.json"), '{"name": "tried", "main": "index.js"}');
  const path = [...folders, process.env["PATH"]].join(delimiter);
  // This program has no types to read.
  context = { cwd, env: { ...pulumiEnvironment(folder), PULUMI_NODEJS_TSCONFIG_PATH: undefined, PATH: path } };
  pack = await policyPack(join(folder, "policy"));
  const made = await pulumi(context, "stack", "init", "dev");
  if (made.code !== 0) throw new Error(made.output);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One resource as the program says it. */
type Made = readonly [type: string, name: string, inputs: string, outputs?: string, options?: string];

function program(...made: readonly Made[]): void {
  const lines = made.flatMap(([type, name, inputs, outputs = "{}", options = "{}"], index) => [
    `const r${String(index)} = new pulumi.ComponentResource("${type}", "${name}", ${inputs}, ${options});`,
    `r${String(index)}.registerOutputs(${outputs});`,
  ]);
  writeFileSync(join(context.cwd, "index.js"), ['const pulumi = require("@pulumi/pulumi");', ...lines, ""].join("\n"));
}

async function previewed(...made: readonly Made[]): Promise<PulumiResult> {
  program(...made);
  return pulumi(pack.within(context), "preview", "--stack", "dev", ...pack.args);
}

const variable = (value: string): Made => [
  "gitlab:index/projectVariable:ProjectVariable",
  "variable",
  `{ key: "DEPLOY", value: ${value} }`,
];
const estate: Made = ["estate:index:Estate", "acme", "{}", "{ protect: true }"];
const bucket: Made = ["aws:s3/bucket:Bucket", "store", "{}"];
const tenant: Made = ["estate:index:Tenant", "tenant-team-a", "{}"];
const project = (namespace: string): Made => [
  "kubernetes:argoproj.io/v1alpha1:AppProject",
  "own",
  "{}",
  `{ spec: { sourceNamespaces: ["${namespace}"] } }`,
];
const argo = (version: string): Made => [
  "kubernetes:apps/v1:Deployment",
  "argocd",
  `{ image: "quay.io/argoproj/argocd:${version}" }`,
];

/** What breaks each mandatory rule, its twin, and the reason that the engine tells. */
const offences: readonly { readonly rule: string; readonly bad: Made; readonly good: Made; readonly reason: RegExp }[] =
  [
    {
      rule: "secret-marks",
      bad: variable('"planted"'),
      good: variable('pulumi.secret("planted")'),
      reason: /value of variable is a secret in clear/,
    },
    {
      rule: "protected-data",
      bad: bucket,
      good: ["aws:s3/bucket:Bucket", "store", "{}", "{}", "{ protect: true }"],
      reason: /store is not protected, and with it goes objects/,
    },
    { rule: "wildcards", bad: project("team-a*"), good: project("team-a-dev"), reason: /own has "team-a\*"/ },
    {
      rule: "version-floors",
      bad: argo("v3.4.9"),
      good: argo("v3.4.10"),
      reason: /Argo CD 3\.4\.9 .*below 3\.4\.10 is open/,
    },
  ];
const behind: Made = ["kubernetes:helm.sh/v3:Release", "own", '{ chart: "kyverno", version: "3.9.1" }'];

describe("the engine", () => {
  it("refuses what breaks a rule, each for its own reason, and shows no secret", async () => {
    const { code, output } = await previewed(estate, tenant, ...offences.map(({ bad }) => bad));
    for (const { rule, reason } of offences) {
      expect(output).toMatch(new RegExp(`\\[mandatory\\].*${rule}`));
      expect(output).toMatch(reason);
    }
    expect(output).not.toContain("planted");
    expect(code).not.toBe(0);
  });

  it("takes the twins, and tells what Estate itself has below a floor", async () => {
    const { code, output } = await previewed(estate, tenant, behind, ...offences.map(({ good }) => good));
    expect(output).not.toContain("[mandatory]");
    expect(output).toMatch(/\[advisory\].*version-floors-behind/);
    expect(output).toContain("Kyverno 1.19.1");
    expect(code, output).toBe(0);
  });
});

describe("the preview of losses", () => {
  const told: string[] = [];
  const reviewed = (...allow: readonly string[]): Promise<number> => {
    told.length = 0;
    return previewLosses(context, { stack: "dev", allow, tell: (line) => void told.push(line) });
  };

  it("refuses the loss of data, until it is allowed by name", async () => {
    program(bucket, tenant);
    const up = await pulumi(context, "up", "--stack", "dev", "--yes", "--skip-preview");
    expect(up.code, up.output).toBe(0);
    program(tenant);
    expect(await reviewed()).toBe(1);
    expect(told).toEqual([
      "store is deleted, and with it goes objects",
      "refused: say that it is meant with --allow store",
    ]);
    expect(await reviewed("store")).toBe(0);
  });

  it("refuses what breaks a rule, in the policy's words", async () => {
    program(bucket, variable('"planted"'));
    expect(await reviewed()).toBe(1);
    expect(told.join("\n")).toContain("value of variable is a secret in clear");
    expect(told.join("\n")).not.toContain("planted");
  });
});
