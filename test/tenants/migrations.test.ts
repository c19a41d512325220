import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMap } from "yaml";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrateFolder } from "../../scripts/estate/migrate";
import { migrate, migrations, tenantSchemaVersion, type Migration } from "../../tenants/migrations";
import { tenantSchema } from "../../tenants/schema";

/** Two forms that there are not: what an owner is moves, then a key gets another name. */
const invented: readonly Migration[] = [
  {
    what: "owner is contact.owner",
    apply: (document) => {
      const owner = document.get("owner", true);
      document.delete("owner");
      document.setIn(["contact", "owner"], owner);
    },
  },
  {
    what: "costCenter is account",
    apply: (document) => {
      const pair = isMap(document.contents)
        ? document.contents.items.find(({ key }) => String(key) === "costCenter")
        : undefined;
      if (pair !== undefined) pair.key = document.createNode("account");
    },
  },
];

const first = `# yaml-language-server: $schema=./tenant.schema.json
# Who pays, and why.
schema: 1 # the form
displayName: Payments
owner: { email: payments@example.com } # asks for this
costCenter: "4711" # of the shop
exceptions:
  # Month-end.
  - { set: quota.pods, value: "80", until: "2027-03-31" }
`;

describe("a tenant file of an older form", () => {
  it("goes through every step from its own on, and keeps comments, order and quotes", () => {
    expect(migrate(first, invented)).toEqual({
      from: 1,
      steps: invented,
      text: `# yaml-language-server: $schema=./tenant.schema.json
# Who pays, and why.
schema: 3 # the form
displayName: Payments
account: "4711" # of the shop
exceptions:
  # Month-end.
  - { set: quota.pods, value: "80", until: "2027-03-31" }
contact:
  owner: { email: payments@example.com } # asks for this
`,
    });
    const second = 'schema: 2\ncostCenter: "4711"\n';
    expect(migrate(second, invented)).toEqual({
      from: 2,
      steps: invented.slice(1),
      text: 'schema: 3\naccount: "4711"\n',
    });
  });

  it.each([
    ["of the newest form", "schema: 3\n"],
    ["of a newer one", "schema: 4\n"],
    ["of none", "displayName: x\n"],
    ["of one that is no number", 'schema: "1"\n'],
    ["that is not YAML", "schema: 1\n\tx: [\n"],
  ])("is none that is %s", (_, text) => {
    expect(migrate(text, invented)).toBeUndefined();
  });

  it("is known by the number that the schema wants", () => {
    expect(tenantSchemaVersion).toBe(migrations.length + 1);
    const form = tenantSchema([]).shape.schema;
    expect(form.safeParse(tenantSchemaVersion).success).toBe(true);
    expect(form.safeParse(tenantSchemaVersion + 1).success).toBe(false);
  });
});

describe("estate migrate", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "estate-migrate-"));
    writeFileSync(join(folder, "payments.yaml"), first);
    writeFileSync(join(folder, "search.yaml"), "schema: 3\n");
    writeFileSync(join(folder, "notes.txt"), "schema: 1\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const told = ["tenants/payments.yaml: schema 1 -> 3: owner is contact.owner; costCenter is account"];

  it("only tells what it would write, when asked to check", () => {
    expect(migrateFolder(folder, true, invented)).toEqual(told);
    expect(readFileSync(join(folder, "payments.yaml"), "utf8")).toBe(first);
  });

  it("writes what is of an older form, once, and nothing else", () => {
    expect(migrateFolder(folder, false, invented)).toEqual(told);
    expect(readFileSync(join(folder, "payments.yaml"), "utf8")).toBe(migrate(first, invented)?.text);
    expect(readFileSync(join(folder, "search.yaml"), "utf8")).toBe("schema: 3\n");
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("schema: 1\n");
    expect(migrateFolder(folder, false, invented)).toEqual([]);
  });
});
