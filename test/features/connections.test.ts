import { describe, expect, it } from "vitest";
import { passages } from "../../model/network/reach";
import type { EstatePlan } from "../../plan/plan";
import { networksOf, podsOf } from "../../plan/reach";
import { plan, settings, tenant } from "../support/fixtures";

const shut = settings({ profiles: { standard: { quota: { pods: "10" } } } });
const both = { to: [{ tenant: "ledger", ports: [8443] }] };
const back = { from: [{ tenant: "shop", ports: [8443, 9000] }] };

/** What is open from one home to another, asked of the evaluator. */
function open(own: EstatePlan, from: string, to: string): string[] {
  const homes = own.tenants.flatMap((each) => each.homes);
  const named = (name: string) => homes.filter(({ namespace }) => namespace.metadata.name === name);
  return named(from).flatMap((one) =>
    named(to).flatMap((other) =>
      podsOf(one, "from").flatMap(({ pod }) =>
        podsOf(other, "to").flatMap((target) =>
          passages(networksOf(own), pod, target.pod).map(
            ({ protocol, first, last, out, into }) =>
              `${protocol} ${String(first)}-${String(last)} ${out.join()} ${into.join()}`,
          ),
        ),
      ),
    ),
  );
}

describe("a connection of two tenants", () => {
  const connected = plan(
    [tenant("shop", { connections: both }), tenant("ledger", { connections: back }), tenant("other")],
    shut,
  );

  it("is open on the ports that both name, one way, in the same environment", () => {
    expect(open(connected, "shop-dev", "ledger-dev")).toEqual(["TCP 8443-8443 connect-to connect-from"]);
    expect(open(connected, "shop-prod", "ledger-prod")).toEqual(["TCP 8443-8443 connect-to connect-from"]);
    expect(open(connected, "ledger-dev", "shop-dev")).toEqual([]);
    expect(open(connected, "shop-dev", "ledger-prod")).toEqual([]);
    expect(open(connected, "other-dev", "ledger-dev")).toEqual([]);
    expect(open(connected, "shop-dev", "other-dev")).toEqual([]);
  });

  it("of environments on one cluster keeps them apart all the same", () => {
    const one = settings({
      profiles: { standard: { quota: { pods: "10" } } },
      environments: { dev: { clusters: ["dev"] }, prod: { clusters: ["dev"], promotesFrom: "dev" } },
    });
    const own = plan([tenant("shop", { connections: both }), tenant("ledger", { connections: back })], one);
    expect(open(own, "shop-dev", "ledger-prod")).toEqual([]);
    expect(open(own, "shop-prod", "ledger-prod")).toHaveLength(1);
  });

  it.each([
    ["the one end", both, {}],
    ["the other end", {}, back],
    ["both ends, on different ports", both, { from: [{ tenant: "shop", ports: [9000] }] }],
    ["both ends, for somebody else", both, { from: [{ tenant: "other", ports: [8443] }] }],
  ])("is shut where %s alone says so", (_, one, other) => {
    const own = plan(
      [tenant("shop", { connections: one }), tenant("ledger", { connections: other }), tenant("other")],
      shut,
    );
    expect(open(own, "shop-dev", "ledger-dev")).toEqual([]);
  });

  it("makes nothing where a file says nothing", () => {
    const objects = plan([tenant("other")], shut).tenants[0]?.homes[0]?.objects ?? [];
    expect(objects.filter(({ metadata }) => metadata.name.startsWith("connect-"))).toEqual([]);
  });
});
