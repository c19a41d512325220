import { checkout, destroy, open } from "@estate/sandbox";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountFile } from "../../sandbox/doubles/aws/account";
import { pulumi, type PulumiResult } from "../../scripts/pulumi-cli";
import { keyOf } from "../../scripts/stack-init";

// Stack `prod`, on EKS, without an account: raised, seen without a change, and taken down in the order that AWS demands.

let folder: string;
let dir: string;

/** No variable of a person's own account reaches the runs; the state is written once, when a command ends (TestProject). */
const withoutAws = {
  ...Object.fromEntries(
    Object.entries(process.env).map(([name, value]) => [name, /^AWS_/.test(name) ? undefined : value]),
  ),
  PULUMI_SKIP_CHECKPOINTS: "true",
};

function rehearse(): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(
    "npm",
    ["run", "-s", "rehearse", "--", "--stack", "prod", "--keep", "--doubles"],
    { cwd: checkout, env: { ...withoutAws, ESTATE_SANDBOX: dir }, encoding: "utf8", maxBuffer: 1e9 },
  );
  return { code: status, output: stdout + stderr };
}

const project = (): string => join(dir, "project-prod");
const runOn = (stack: string, ...args: readonly string[]): Promise<PulumiResult> =>
  pulumi({ cwd: project(), env: { ...withoutAws, ...open(dir).env() } }, ...args, "--stack", stack);
const run = (...args: readonly string[]): Promise<PulumiResult> => runOn("prod", ...args);
const state = (): string => readFileSync(join(dir, "pulumi", ".pulumi", "stacks", "estate", "prod.json"), "utf8");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "estate-eks-"));
  dir = join(folder, "sandbox");
});
afterAll(async () => {
  await destroy(dir);
  rmSync(folder, { recursive: true, force: true });
});

describe("stack prod on the sandbox", () => {
  it("is raised without an account, and seen without a change", () => {
    const { code, output } = rehearse();
    expect(code, output.slice(-4000)).toBe(0);
    for (const stack of ["prod", "prod-tenants"])
      expect(output).toContain(`pulumi preview --refresh --expect-no-changes --stack ${stack}: done`);
  });

  it("is unchanged the second time", () => {
    const { code, output } = rehearse();
    expect(code).toBe(0);
    expect(output).not.toMatch(/[+~-] \d+ (created|updated|deleted|replaced)/);
  });

  it.each(["prod", "prod-tenants"])("previews stack %s where it was raised", async (stack) => {
    const { code, stdout } = await runOn(stack, "preview", "--expect-no-changes");
    expect(stdout.slice(-2000)).toContain("unchanged");
    expect(code).toBe(0);
  });

  it("has its secrets guarded by KMS, each stack by a key of its own", () => {
    for (const stack of ["prod", "prod-tenants"]) {
      const { secretsprovider, encryptedkey } = keyOf(readFileSync(join(project(), `Pulumi.${stack}.yaml`), "utf8"));
      expect(secretsprovider).toBe(`awskms://alias/estate-acme-${stack}?region=eu-central-1`);
      expect(encryptedkey).toMatch(/^[A-Za-z0-9+/=]{80,}$/);
    }
  });

  it("keeps no login to a cluster in its state", () => {
    for (const cluster of ["control-plane", "dev", "prod"]) {
      const token = readFileSync(join(dir, "clusters", cluster, "admin.token"), "utf8");
      expect(state()).not.toContain(token);
    }
    expect(state()).toContain("get-token");
  });

  it("lets in whom an access entry names, and nobody else", () => {
    const login = (role: string): string =>
      execFileSync(
        "aws",
        ["eks", "get-token", "--cluster-name", "acme-dev", "--role-arn", `arn:aws:iam::111122223333:role/${role}`],
        {
          env: { ...process.env, ...open(dir).env() },
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
    expect(login("acme-dev-deployer")).toContain("ExecCredential");
    expect(() => login("acme-prod-deployer")).toThrow(/Unauthorized/);
    expect(() => login("acme-dev-nodes")).toThrow(/Unauthorized/);
  });

  it("is not deleted while it is protected", async () => {
    // Only seen: a destruction that is begun deletes what is not protected.
    const { code, output } = await run("destroy", "--preview-only");
    expect(code).not.toBe(0);
    expect(output).toMatch(/cannot be deleted\s+because it is protected/);
    const { checkpoint } = JSON.parse(state()) as {
      readonly checkpoint: {
        readonly latest: { readonly resources: { readonly type: string; readonly protect?: boolean }[] };
      };
    };
    const guarded = checkpoint.latest.resources.filter(
      ({ type, protect }) => protect === true && type.startsWith("aws:"),
    );
    expect(guarded.map(({ type }) => type).sort()).toEqual([
      ...Array.from({ length: 3 }, () => "aws:eks/cluster:Cluster"),
      ...Array.from({ length: 3 }, () => "aws:kms/key:Key"),
    ]);
  });

  it("goes in the order that AWS demands, once its protection is off", async () => {
    const file = join(project(), "Pulumi.prod.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("estate:protect: true", "estate:protect: false"));
    for (const stack of ["prod", "prod-tenants"]) {
      const off = await runOn(stack, "up", "--yes", "--skip-preview");
      expect(off.code, off.output.slice(-3000)).toBe(0);
    }
    for (const stack of ["prod-tenants", "prod"]) {
      const { code, output } = await runOn(stack, "destroy", "--yes", "--skip-preview");
      expect(code, output.slice(-3000)).toBe(0);
    }
    const { entries } = JSON.parse(readFileSync(accountFile(dir), "utf8")) as { readonly entries: readonly unknown[] };
    expect(entries).toEqual([]);
  });
});
