import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { vaultLogin } from "../../scripts/vault-login";

it("takes token, authority and namespace from the variables that the provider reads", () => {
  const dir = mkdtempSync(join(tmpdir(), "estate-vault-login-"));
  const file = join(dir, "ca.pem");
  writeFileSync(file, "PEM");
  const variables = { VAULT_TOKEN: "t", VAULT_CACERT: file, VAULT_NAMESPACE: "teams" };
  expect(vaultLogin(variables)).toEqual({ token: "t", caCert: "PEM", namespace: "teams" });
  rmSync(dir, { recursive: true });
  expect(vaultLogin(variables)).toMatchObject({
    mistake: [expect.stringMatching(/^VAULT_CACERT cannot be read: ENOENT/), "name a PEM file of the authority"],
  });
  expect(vaultLogin({ VAULT_TOKEN: "", VAULT_CACERT: "", VAULT_NAMESPACE: "" })).toEqual({});
});
