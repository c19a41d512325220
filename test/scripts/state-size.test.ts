import { describe, expect, it } from "vitest";
import { tenantShares } from "../../scripts/state-size";

describe("a tenant's share of the state", () => {
  it("is its component and what hangs on it, and not another's whose name it begins", () => {
    const estate = "urn:pulumi:dev::estate::estate:index:Estate";
    const tenant = (name: string): string => `urn:pulumi:dev::estate::estate:index:Tenant::tenant-${name}`;
    const own = { urn: `urn:pulumi:dev::estate::estate:index:Tenant$x:y:Z::thing-ä`, parent: tenant("team-a") };
    const resources = [
      { urn: `${estate}::acme` },
      { urn: tenant("team-a"), parent: `${estate}::acme` },
      own,
      { urn: tenant("team-ab"), parent: `${estate}::acme` },
    ];
    const shares = tenantShares(JSON.stringify({ checkpoint: { latest: { resources } } }));
    expect([...shares.keys()]).toEqual(["team-a", "team-ab"]);
    expect(shares.get("team-a")).toEqual({
      resources: 2,
      bytes: Buffer.byteLength(JSON.stringify(resources[1])) + Buffer.byteLength(JSON.stringify(own)),
    });
  });
});
