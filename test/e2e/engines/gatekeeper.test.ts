import { ensureTools, Progress } from "@estate/sandbox";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { clusterLabels } from "../../../guardrails/engines/cluster-labels";
import { constraint, constraintTemplate } from "../../../guardrails/engines/gatekeeper";
import { helmSecretsOnly } from "../../../guardrails/engines/helm-secrets";
import type { EngineRule } from "../../../guardrails/engines/rule";
import { home, secretOf, secretReason, secretRequests, selections, type SecretRequest } from "../../support/engines";

// Gatekeeper's own command line tool judges: the same engine, the same matching, no cluster.

let folder: string;
let gator: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-gator-"));
  gator = (await ensureTools(["gator"], new Progress())).file("gator");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Case {
  readonly name: string;
  readonly object: string;
  readonly inventory: readonly string[];
  readonly assertions: readonly { readonly violations: number; readonly message?: string }[];
}

let files = 0;
function file(content: unknown): string {
  const name = `${String((files += 1))}.yaml`;
  writeFileSync(join(folder, name), stringify(content));
  return name;
}

const inventory = (): string[] => [file(home)];

const refusal = (name: string, object: unknown, message: string): Case => ({
  name,
  object: file(object),
  inventory: inventory(),
  assertions: [{ violations: 1 }, { violations: 1, message }],
});

const twin = (name: string, object: unknown): Case => ({
  name: `${name}: twin`,
  object: file(object),
  inventory: inventory(),
  assertions: [{ violations: 0 }],
});

/** Runs a suite to its end: what it said, and whether all was as expected. */
function verify(rule: EngineRule, cases: readonly Case[]): Promise<{ readonly ok: boolean; readonly output: string }> {
  const suite = join(folder, `suite-${String((files += 1))}.yaml`);
  const tests = [
    { name: rule.name, template: file(constraintTemplate(rule)), constraint: file(constraint(rule)), cases },
  ];
  writeFileSync(suite, stringify({ apiVersion: "test.gatekeeper.sh/v1alpha1", kind: "Suite", tests }));
  return new Promise((resolve) => {
    execFile(gator, ["verify", "-v", suite], (error, stdout, stderr) => {
      resolve({ ok: error === null, output: stdout + stderr });
    });
  });
}

const passes = (output: string): number => output.match(/^ {4}--- PASS: /gm)?.length ?? 0;

it("refuses each way to another tenant's clusters for its own reason, and takes the twin", async () => {
  const cases = selections.flatMap(({ name, refused, reason, twin: good }) => [
    refusal(name, refused, reason),
    twin(name, good),
  ]);
  const { ok, output } = await verify(clusterLabels, cases);
  expect(ok, output).toBe(true);
  expect(passes(output)).toBe(selections.length * 2);
});

/** A request as the API server sends it. */
function request(asked: SecretRequest): unknown {
  const secret = secretOf(asked);
  const { operation, user } = asked;
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "1",
      operation,
      name: "tried",
      namespace: "team-a-dev",
      kind: { group: "", version: "v1", kind: "Secret" },
      resource: { group: "", version: "v1", resource: "secrets" },
      userInfo: { username: user },
      ...(operation === "DELETE" ? {} : { object: secret }),
      ...(operation === "CREATE" ? {} : { oldObject: secret }),
    },
  };
}

it("lets the reconciler write Helm's Secrets only, and others what they like", async () => {
  const cases = secretRequests.flatMap(({ refused, twins }) => [
    refusal(refused.operation, request(refused), secretReason),
    ...twins.map((asked) => twin(`${asked.operation} ${asked.type} ${asked.user}`, request(asked))),
  ]);
  const { ok, output } = await verify(helmSecretsOnly, cases);
  expect(ok, output).toBe(true);
  expect(passes(output)).toBe(secretRequests.length * 4);
});

it("is told where a refusal has another reason, or none comes", async () => {
  const [first] = selections;
  if (first === undefined) throw new Error("there are no attempts");
  const { ok, output } = await verify(clusterLabels, [
    refusal("another reason", first.refused, "something else"),
    refusal("no refusal", first.twin, first.reason),
  ]);
  expect(ok).toBe(false);
  expect(output).toContain("--- FAIL: another reason");
  expect(output).toContain("--- FAIL: no refusal");
});

it("judges in homes alone", async () => {
  const [first] = selections;
  const elsewhere: Case = {
    name: "not a home",
    object: file(first?.refused),
    inventory: [file({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team-a-dev" } })],
    assertions: [{ violations: 0 }],
  };
  const { ok, output } = await verify(clusterLabels, [elsewhere]);
  expect(ok, output).toBe(true);
});
