import { ensureTools, Progress } from "@estate/sandbox";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { clusterLabels } from "../../../guardrails/engines/cluster-labels";
import { helmSecretsOnly } from "../../../guardrails/engines/helm-secrets";
import { kyvernoPolicy } from "../../../guardrails/engines/kyverno";
import type { EngineRule } from "../../../guardrails/engines/rule";
import { home, secretOf, secretReason, secretRequests, selections } from "../../support/engines";

// Kyverno's own command line tool judges: the same engine, the same matching, no cluster.

let folder: string;
let kyverno: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-kyverno-"));
  kyverno = (await ensureTools(["kyverno"], new Progress())).file("kyverno");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A namespace that is no tenant's. */
const noHome = { apiVersion: "v1", kind: "Namespace", metadata: { name: "argocd" } };

type Manifest = Readonly<Record<string, unknown>>;

/** The same with another name: a report tells objects apart by it. */
const named = (name: string, object: Manifest): Manifest => ({
  ...object,
  metadata: { ...(object["metadata"] as Manifest), name },
});

let files = 0;
function file(...contents: readonly unknown[]): string {
  const path = join(folder, `${String((files += 1))}.yaml`);
  writeFileSync(path, contents.map((content) => stringify(content)).join("---\n"));
  return path;
}

/** How requests are made. */
interface Asking {
  readonly operation?: string;
  readonly user?: string;
}

interface Judgement {
  readonly result: string;
  readonly message: string;
}

/** What Kyverno says of each object, by its name; what its policy does not match is not among them. */
async function judge(
  rule: EngineRule,
  objects: readonly Manifest[],
  { operation = "CREATE", user = "somebody" }: Asking = {},
): Promise<ReadonlyMap<string, Judgement>> {
  const info = { apiVersion: "cli.kyverno.io/v1alpha1", kind: "UserInfo", metadata: { name: "user" } };
  const values = { apiVersion: "cli.kyverno.io/v1alpha1", kind: "Value", metadata: { name: "values" } };
  const args = [
    ...["apply", file(kyvernoPolicy(rule)), "--resource", file(...objects)],
    ...["--userinfo", file({ ...info, userInfo: { username: user } })],
    ...[
      "--values-file",
      file({ ...values, globalValues: { "request.operation": operation }, namespaces: [home, noHome] }),
    ],
    ...["--policy-report", "--output-format", "json", "--remove-color"],
  ];
  const report: unknown = await new Promise((resolve, reject) => {
    // A refusal is an exit code, too.
    execFile(kyverno, args, (_error, stdout, stderr) => {
      if (stdout.trimStart().startsWith("{")) resolve(JSON.parse(stdout));
      else reject(new Error(`no report of kyverno ${args.join(" ")}:\n${stdout}${stderr}`));
    });
  });
  const { results = [] } = report as {
    readonly results?: readonly (Judgement & { readonly resources: readonly { readonly name: string }[] })[];
  };
  return new Map(
    results.flatMap(({ result, message, resources }) =>
      resources.map(({ name }) => [name, { result, message }] as const),
    ),
  );
}

it("refuses each way to another tenant's clusters for its own reason, and takes the twin", async () => {
  const objects = selections.flatMap(({ refused, twin }, index) => [
    named(`refused-${String(index)}`, refused),
    named(`twin-${String(index)}`, twin),
  ]);
  const said = await judge(clusterLabels, objects);
  for (const [index, { name, reason }] of selections.entries()) {
    expect(said.get(`refused-${String(index)}`), name).toMatchObject({ result: "fail" });
    expect(said.get(`refused-${String(index)}`)?.message, name).toContain(reason);
    expect(said.get(`twin-${String(index)}`), name).toMatchObject({ result: "pass" });
  }
});

it("lets the reconciler write Helm's Secrets only, and others what they like", async () => {
  for (const { refused, twins } of secretRequests) {
    const [helm, ...others] = twins;
    if (helm === undefined) throw new Error("there is no twin");
    const own = [named("refused", secretOf(refused)), named("twin", secretOf(helm))];
    const said = await judge(helmSecretsOnly, own, refused);
    expect(said.get("refused"), refused.operation).toMatchObject({ result: "fail" });
    expect(said.get("refused")?.message).toContain(secretReason);
    expect(said.get("twin"), refused.operation).toMatchObject({ result: "pass" });
    for (const asked of others) {
      const free = await judge(helmSecretsOnly, [named("free", secretOf(asked))], asked);
      expect(free.get("free")?.result ?? "not judged", asked.user).not.toBe("fail");
    }
  }
});

it("judges in homes alone", async () => {
  const [first] = selections;
  if (first === undefined) throw new Error("there are no attempts");
  const { metadata } = first.refused as { readonly metadata: Manifest };
  const elsewhere = { ...first.refused, metadata: { ...metadata, name: "elsewhere", namespace: noHome.metadata.name } };
  const said = await judge(clusterLabels, [named("here", first.refused), elsewhere]);
  expect([...said.keys()]).toEqual(["here"]);
});
