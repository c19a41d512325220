import { describe, expect, it } from "vitest";
import { formatProblem } from "../../model/problem";
import { heldBy, heldTenants } from "../../tenants/held";
import { checkLosses } from "../../tenants/losses";
import { settings, tenant } from "../support/fixtures";

// Reports with places are in test/bad/loss-*. Here is what files do not show.

const places = { placeOf: (path: readonly (string | number)[]) => ({ file: path.join(".") }) };
const payments = { payments: { state: "active", namespaces: { dev: ["dev/payments-dev"] } } };

function entry(name: string, change: Record<string, unknown> = {}) {
  const source = { file: `tenants/${name}.yaml`, placeOf: () => ({ file: `tenants/${name}.yaml` }) };
  return { name, file: source.file, source: source as never, tenant: tenant(name, change) };
}

describe("what a stack held", () => {
  it("is read from its output", () => {
    expect(heldTenants(payments)).toEqual([
      {
        name: "payments",
        state: "active",
        homes: [{ environment: "dev", cluster: "dev", namespace: "payments-dev" }],
      },
    ]);
  });

  it.each([
    ["no output", undefined],
    ["no tenants", {}],
    ["another's output of that name", "payments"],
    ["a removed tenant", { payments: { state: "removed", namespaces: {} } }],
    ["a state that there is not", { payments: { state: "asleep", namespaces: {} } }],
  ])("is nothing: %s", (_what, output) => {
    expect(heldTenants(output)).toEqual([]);
  });
});

describe("losses", () => {
  const names = Array.from(
    { length: 100 },
    (_, index) => `team-${"abcdefghij"[Math.floor(index / 10)] ?? ""}${String(index)}`,
  );
  const output = Object.fromEntries(
    names.map((name) => [name, { state: "active", namespaces: { dev: [`blue/${name}-dev`, `dev/${name}-dev`] } }]),
  );
  const entries = names.map((name) => entry(name, { environments: ["dev"] }));

  it("of a hundred tenants on a cluster that is left are one line", () => {
    const problems = checkLosses({
      held: heldBy({ tenants: output }),
      entries,
      settings: settings(),
      places,
      today: "2026-01-01",
    });
    expect(problems.map(formatProblem)).toEqual([
      `environments.dev.clusters: error[L008]: environment "dev" leaves cluster "blue", where this stack still holds ${names
        .slice(0, 5)
        .join(", ")} and 95 more; when what volumes hold has moved, say so: clusters: [dev] with leaves: [blue]`,
    ]);
  });

  it("are none with the key that says so", () => {
    const own = settings({
      environments: { dev: { clusters: ["dev"], leaves: ["blue"] }, prod: { clusters: ["prod"], promotesFrom: "dev" } },
    });
    expect(
      checkLosses({ held: heldBy({ tenants: output }), entries, settings: own, places, today: "2026-01-01" }),
    ).toEqual([]);
  });

  it.each([
    ["a tenant", { tenants: payments }, {}, ["L009"]],
    ["an addon", {}, { addons: { "cert-manager": {} } }, ["L009"]],
    ["a platform, whose tenants are in other stacks", {}, { scope: "platform" }, ["L009"]],
    ["nothing yet", {}, {}, []],
    ["one that is leaving", { tenants: payments, gitops: { kind: "flux", leaves: true } }, {}, []],
    ["an engine that is no more", { tenants: payments, gitops: { kind: "fleet", leaves: false } }, {}, []],
    ["an older program's outputs", { tenants: payments, gitops: undefined }, {}, []],
    ["an output of another shape", { tenants: payments, gitops: { kind: "flux" } }, {}, []],
  ])("of another engine: %s", (_what, outputs, change, codes) => {
    const request = {
      held: heldBy({ gitops: { kind: "flux", leaves: false }, ...outputs }),
      entries: [entry("payments")],
      places,
      today: "2026-01-01",
    };
    const told = (kind: string) => checkLosses({ ...request, settings: settings({ gitops: { kind }, ...change }) });
    expect(told("argocd").map(({ code }) => code)).toEqual(codes);
    expect(told("flux")).toEqual([]);
  });

  it("are none of a tenant that stays, is suspended or retires", () => {
    for (const state of ["active", "suspended", "retiring"])
      expect(
        checkLosses({
          held: heldBy({ tenants: payments }),
          entries: [entry("payments", { lifecycle: { state } })],
          settings: settings(),
          places,
          today: "2026-01-01",
        }),
      ).toEqual([]);
  });
});
