import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { rebuild } from "../../scripts/pulumi-cli";

it("docs/recovery.md gives the command that tour and bench run after the loss of a cluster", () => {
  const page = readFileSync(join(__dirname, "../../docs/recovery.md"), "utf8");
  const [command = ""] = /^pulumi .*--run-program.*$/m.exec(page) ?? [];
  expect(command.split(" ").filter((word) => !["pulumi", "--stack", "dev"].includes(word))).toEqual([...rebuild]);
});
