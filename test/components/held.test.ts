import { expect, it } from "vitest";
import { Estate, type EstateOutputs } from "../../components/estate";
import { heldByPlan } from "../../scripts/estate/stack-plan";
import { heldBy } from "../../tenants/held";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record } from "../support/monitor";

it("a plan holds what the stack's own output says it holds: `estate plan` and a run judge the same", async () => {
  const environments = { dev: { clusters: ["dev", "prod"] }, prod: { clusters: ["prod"] } };
  const states = ["active", "suspended", "retiring", "removed"];
  const tenants = states.map((state) => tenant(`team-${state}`, { lifecycle: { state } }));
  const planned = plan(tenants, settings({ environments }));
  let outputs: EstateOutputs | undefined;
  await record(() => {
    outputs = new Estate("acme", { plan: planned, access }, {}).outputs;
  });
  const held = heldBy({ ...outputs });
  expect(held.tenants.map(({ name }) => name)).toEqual(["team-active", "team-retiring", "team-suspended"]);
  expect(held.tenants[0]?.homes).toHaveLength(3);
  expect(held.engine).toEqual({ kind: "flux", leaves: false });
  const sorted = ({ engine, tenants: all }: typeof held) => ({
    engine,
    tenants: all.map((own) => ({ ...own, homes: own.homes.map((home) => JSON.stringify(home)).sort() })),
  });
  expect(sorted(heldByPlan(planned))).toEqual(sorted(held));
});
