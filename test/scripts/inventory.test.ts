import type { VaultClient } from "@estate/clients";
import { describe, expect, it } from "vitest";
import { inventoryTable, vaultInventory } from "../../scripts/inventory";

/** A Vault that answers two lists and a read. */
const vault = {
  list: (path: string) =>
    Promise.resolve(
      {
        "sys/policies/acl": [
          "acme.dev.team-a-dev.read",
          "acme.ci.team-a.pipelines",
          "other.dev.team-a-dev.read",
          "default",
        ],
        "auth/acme-dev/role": ["team-a-dev"],
        "auth/acme-ci/role": ["team-a"],
      }[path] ?? [],
    ),
  read: () => Promise.resolve({ data: { "acme-dev/": {}, "acme-ci/": {}, "other-dev/": {}, "token/": {} } }),
} as unknown as VaultClient;

describe("what Vault holds", () => {
  it("is told by tenant, of homes and of pipelines, and of this estate alone", async () => {
    const found = await vaultInventory("acme", vault);
    expect(found.map(({ tenant, where, what }) => `${tenant} ${where} ${what}`)).toEqual([
      "team-a dev Policy acme.dev.team-a-dev.read",
      "team-a ci Policy acme.ci.team-a.pipelines",
      "team-a dev Role team-a-dev",
      "team-a ci Role team-a",
    ]);
    expect(inventoryTable(found)).toBe(
      ["team-a", "  kubernetes nothing", "  gitops     nothing", "  vault      2 Policy, 2 Role"].join("\n"),
    );
  });
});
