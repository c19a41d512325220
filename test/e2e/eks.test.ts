import { KubernetesClient } from "@estate/clients";
import { checkout, destroy, open } from "@estate/sandbox";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseDocument } from "yaml";
import { textOr } from "../../sandbox/doubles/framework/bridge/fields";
import { accountFile, type Entry } from "../../sandbox/doubles/aws/account";
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
const stateOf = (stack: string): string =>
  readFileSync(join(dir, "pulumi", ".pulumi", "stacks", "estate", `${stack}.json`), "utf8");
const state = (): string => stateOf("prod");

/** What is in the sandbox's account. */
function entries(): readonly Entry[] {
  return (JSON.parse(readFileSync(accountFile(dir), "utf8")) as { readonly entries: readonly Entry[] }).entries;
}

async function raiseBoth(): Promise<void> {
  for (const stack of ["prod", "prod-tenants"]) {
    const { code, output } = await runOn(stack, "up", "--yes", "--skip-preview");
    expect(code, output.slice(-3000)).toBe(0);
  }
}

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

  it("has its images in ECR by one line, once its protection is off, and is seen without a change", async () => {
    const file = join(project(), "Pulumi.prod.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("estate:protect: true", "estate:protect: false"));
    await raiseBoth();
    // Protection stands in the state of what is deleted, so the line comes a run later. AWS takes no tokens of the sandbox's GitLab.
    const settings = parseDocument(readFileSync(file, "utf8"));
    const tenantFile = join(project(), "tenants", "payments.yaml");
    const needing = parseDocument(readFileSync(tenantFile, "utf8"));
    needing.setIn(["applications", 0, "needs"], [{ kind: "postgres" }, { kind: "bucket", name: "receipts" }]);
    writeFileSync(tenantFile, needing.toString({ lineWidth: 0 }));
    settings.setIn(["config", "estate:registry"], { kind: "ecr", issuer: "https://gitlab.example.com" });
    writeFileSync(file, settings.toString({ lineWidth: 0 }));
    await raiseBoth();
    for (const stack of ["prod", "prod-tenants"]) {
      const seen = await runOn(stack, "preview", "--refresh", "--expect-no-changes");
      expect(seen.code, seen.output.slice(-3000)).toBe(0);
    }
    const names = (token: string): string[] =>
      entries()
        .flatMap((entry) => (entry.token === token ? [entry.id] : []))
        .sort();
    expect(names("aws:ecr/repository:Repository")).toEqual([
      "acme/payments/checkout",
      "acme/payments/settlement",
      "acme/storefront/web",
    ]);
    expect(names("aws:iam/role:Role").filter((name) => name.includes("-ci."))).toEqual([
      "acme-ci.payments",
      "acme-ci.storefront",
    ]);
  });

  it("gives an application its database and its bucket, by way of Vault, and its password to no state", async () => {
    const of = (token: string): Entry[] => entries().filter((entry) => entry.token === token);
    const databases = of("aws:rds/instance:Instance").map(({ state: own }) => textOr(own, "identifier", ""));
    expect(databases.filter((name) => name.startsWith("acme-need-"))).toHaveLength(2);
    expect(of("aws:s3/bucket:Bucket").filter(({ id }) => id.includes("-need-"))).toHaveLength(2);
    const associations = of("aws:eks/podIdentityAssociation:PodIdentityAssociation");
    expect(associations.filter(({ state: own }) => own["serviceAccount"] === "checkout")).toHaveLength(2);

    const client = KubernetesClient.fromKubeconfig({ path: open(dir).kubeconfig, context: "dev" });
    try {
      const ref = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "checkout-postgres", namespace: "payments-dev" },
      };
      const secret = await vi.waitFor(
        async () => {
          const found = await client.find(ref);
          if (found === undefined)
            throw new Error("External Secrets has not brought Secret payments-dev/checkout-postgres");
          return found as unknown as { readonly data: Readonly<Record<string, string>> };
        },
        { timeout: 120_000, interval: 1000 },
      );
      const value = (key: string): string => Buffer.from(secret.data[key] ?? "", "base64").toString();
      expect(databases).toContain(value("host").split(".")[0]);
      expect(value("uri")).toBe(`postgresql://app:${value("password")}@${value("host")}:5432/app?sslmode=require`);
      expect(value("password")).toMatch(/^[A-Za-z0-9]{40}$/);
      for (const stack of ["prod", "prod-tenants"]) expect(stateOf(stack)).not.toContain(value("password"));
    } finally {
      client.close();
    }
  });

  it.each([
    ["image.toolkit.fluxcd.io/v1", "ImageRepository", "image", ""],
    ["source.toolkit.fluxcd.io/v1", "OCIRepository", "url", "oci://"],
  ])("lets Flux look as its role at the tenant's own images alone: %s %s", async (apiVersion, kind, field, scheme) => {
    const host = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/acme";
    const client = KubernetesClient.fromKubeconfig({ path: open(dir).kubeconfig, context: "dev" });
    const create = (image: string, provider: string): Promise<unknown> =>
      client.create(
        {
          apiVersion,
          kind,
          metadata: { name: "look", namespace: "payments-dev" },
          spec: { [field]: `${scheme}${image}`, interval: "1m0s", provider },
        },
        { dryRun: true, impersonate: { user: "system:serviceaccount:payments-dev:reconciler" } },
      );
    try {
      const refused = /of the tenant's own images/;
      await expect(create(`${host}/storefront/web`, "aws")).rejects.toThrow(refused);
      await expect(create(`${host}/payments/../storefront/web`, "aws")).rejects.toThrow(refused);
      await expect(create(`${host}/paymentsx/web`, "aws")).rejects.toThrow(refused);
      await create(`${host}/payments/checkout`, "aws");
      // By a Secret of its own a tenant looks where it likes.
      await create("ghcr.io/somebody/image", "generic");
    } finally {
      client.close();
    }
  });

  it("goes in the order that AWS demands", async () => {
    for (const stack of ["prod-tenants", "prod"]) {
      const { code, output } = await runOn(stack, "destroy", "--yes", "--skip-preview");
      expect(code, output.slice(-3000)).toBe(0);
    }
    expect(entries()).toEqual([]);
  });
});
