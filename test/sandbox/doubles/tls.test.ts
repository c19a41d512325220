import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { text } from "../../../sandbox/doubles/framework/bridge/fields";
import { isSecret, toJson, UNKNOWN } from "../../../sandbox/doubles/framework/value";
import { tls } from "../../../sandbox/doubles/tls/plugin";
import { orphan } from "./framework/orphan";
import { Rig } from "./framework/rig";

const KEY = "tls:index/privateKey:PrivateKey";

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.of(tls());
  await rig.configure();
});
afterAll(() => rig.stop());

describe("the double of tls", () => {
  it.each([
    ["no algorithm", {}, /algorithm: Missing required/],
    ["an unknown algorithm", { algorithm: "DSA" }, /to be one of \["RSA" "ECDSA" "ED25519"\], got DSA/],
    ["an unknown curve", { algorithm: "ECDSA", ecdsaCurve: "P512" }, /to be one of/],
    ["an unknown property", { algorithm: "RSA", bits: 2048 }, /bits: Invalid or unknown key/],
  ])("refuses %s", async (_, inputs, reason) => {
    expect((await rig.check(KEY, inputs)).failures.join("\n")).toMatch(reason);
  });

  it("does not simulate certificates, and says so", async () => {
    await expect(rig.check("tls:index/selfSignedCert:SelfSignedCert", {})).rejects.toThrow(/not simulated/);
  });

  it("knows no key in preview", async () => {
    const { id, state } = await rig.make(KEY, { algorithm: "RSA" }, true);
    expect(id).toBe("");
    expect(state["publicKeyPem"]).toBe(UNKNOWN);
    expect(state["rsaBits"]).toBe(2048);
    expect(isSecret(state["privateKeyPem"])).toBe(true);
  });

  it("replaces at every change, create first", async () => {
    const held = await rig.make(KEY, { algorithm: "ED25519" });
    expect((await rig.diff(KEY, held, held.inputs)).changes).toBe("none");
    const changed = await rig.diff(KEY, held, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    expect(changed.replaces).toEqual(["algorithm", "ecdsaCurve"]);
    expect(changed.deleteBeforeReplace).toBe(false);
  });

  it.each([
    [{ algorithm: "RSA" }, "BEGIN RSA PRIVATE KEY", "ssh-rsa "],
    [{ algorithm: "ECDSA" }, "BEGIN EC PRIVATE KEY", undefined],
    [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, "BEGIN EC PRIVATE KEY", "ecdsa-sha2-nistp256 "],
    [{ algorithm: "ECDSA", ecdsaCurve: "P384" }, "BEGIN EC PRIVATE KEY", "ecdsa-sha2-nistp384 "],
    [{ algorithm: "ECDSA", ecdsaCurve: "P521" }, "BEGIN EC PRIVATE KEY", "ecdsa-sha2-nistp521 "],
    [{ algorithm: "ED25519" }, "BEGIN PRIVATE KEY", "ssh-ed25519 "],
  ])("makes a key that fits together: %o", async (inputs, own, ssh) => {
    const held = await rig.make(KEY, inputs);
    const state = toJson(held.state);
    const its = (key: string): string => text(state, key);
    const der = createPublicKey(createPrivateKey(its("privateKeyPem"))).export({ type: "spki", format: "der" });
    expect(held.id).toBe(createHash("sha1").update(der).digest("hex"));
    expect(createPublicKey(its("publicKeyPem")).export({ type: "spki", format: "der" })).toEqual(der);
    expect(its("privateKeyPem")).toContain(own);
    expect(its("privateKeyPemPkcs8")).toContain("BEGIN PRIVATE KEY");
    for (const key of ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"]) {
      expect(isSecret(held.state[key])).toBe(true);
    }
    if (ssh === undefined) {
      expect([state["publicKeyOpenssh"], state["privateKeyOpenssh"], state["publicKeyFingerprintMd5"]]).toEqual([
        "",
        "",
        "",
      ]);
      return;
    }
    expect(its("publicKeyOpenssh")).toMatch(new RegExp(`^${ssh}[A-Za-z0-9+/=]+\n$`));
    expect(its("publicKeyFingerprintSha256")).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(its("publicKeyFingerprintMd5")).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  });

  it.skipIf(!hasSshKeygen())("writes private keys that OpenSSH reads", async () => {
    for (const inputs of [{ algorithm: "RSA" }, { algorithm: "ECDSA", ecdsaCurve: "P521" }, { algorithm: "ED25519" }]) {
      const state = toJson((await rig.make(KEY, inputs)).state);
      const folder = mkdtempSync(join(tmpdir(), "estate-key-"));
      try {
        const file = join(folder, "key");
        writeFileSync(file, text(state, "privateKeyOpenssh"), { mode: 0o600 });
        const seen = execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" });
        expect(seen.trim()).toBe(text(state, "publicKeyOpenssh").trim());
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
  });

  it("ends when its parent is killed", async () => {
    expect((await orphan("tls")).ended).toBe(true);
  });
});

function hasSshKeygen(): boolean {
  try {
    execFileSync("sh", ["-c", "command -v ssh-keygen"]);
    return true;
  } catch {
    return false;
  }
}
