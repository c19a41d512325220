import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { engineRules } from "../../guardrails/engines";
import { guardrails } from "../../guardrails";
import type { KubernetesObject } from "../../model/kubernetes";
import { plan, settings } from "../support/fixtures";
import { rules } from "../../policy/rules";

const under = (change: Record<string, unknown> = {}) => guardrails(plan([], settings(change)).estate);
const of = (kind: string, objects: readonly KubernetesObject[]) => objects.filter((object) => object.kind === kind);

describe("guardrails", () => {
  it("are each policies that fail closed, with one binding that denies", () => {
    for (const { name, objects } of under({ gitops: { kind: "argocd" } })) {
      const policies = of("ValidatingAdmissionPolicy", objects);
      expect(policies.length, name).toBeGreaterThan(0);
      for (const { spec } of policies) expect(spec, name).toMatchObject({ failurePolicy: "Fail" });
      expect(of("ValidatingAdmissionPolicyBinding", objects)).toEqual(
        policies.map(({ metadata, spec }) => ({
          apiVersion: "admissionregistration.k8s.io/v1",
          kind: "ValidatingAdmissionPolicyBinding",
          metadata,
          spec: {
            policyName: metadata.name,
            validationActions: ["Deny"],
            ...((spec as { paramKind?: unknown }).paramKind === undefined
              ? {}
              : { paramRef: { name: "tenant", parameterNotFoundAction: "Deny" } }),
          },
        })),
      );
    }
  });

  it("tell a refusal by a message of its own, as 403", () => {
    for (const { objects } of under()) {
      for (const { spec } of of("ValidatingAdmissionPolicy", objects)) {
        const { validations } = spec as unknown as { validations: { message: string; reason: string }[] };
        for (const { message, reason } of validations) {
          expect(message.length).toBeGreaterThan(10);
          expect(reason).toBe("Forbidden");
        }
      }
    }
  });

  it("are each told of in docs/guardrails.md", () => {
    const page = readFileSync(join(__dirname, "../../docs/guardrails.md"), "utf8");
    const told = [...page.matchAll(/^\| `([a-z-]+)` /gm)].map(([, name]) => name);
    expect(told.sort()).toEqual(
      // Those of every engine.
      [
        ...new Set(
          [...under(), ...under({ gitops: { kind: "argocd" } }), ...engineRules, ...rules].map(({ name }) => name),
        ),
      ].sort(),
    );
  });

  it("write what settings say as text, whatever it holds", () => {
    const text = JSON.stringify(under({ registry: { kind: "harbor", alsoFrom: ["docker.io/library/"] } }));
    expect(text).toContain('[\\"docker.io/library/\\"]');
    expect(text).not.toMatch(/undefined|\[object/);
  });
});
