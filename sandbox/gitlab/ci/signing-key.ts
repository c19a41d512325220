import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The key that signs ID tokens of jobs. It stays the same over restarts, so that who trusts it goes on trusting. */
export class SigningKey {
  readonly #key: KeyObject;
  readonly #jwk: Record<string, unknown>;
  readonly #id: string;

  constructor(folder: string) {
    const file = join(folder, "id-token-key.pem");
    if (!existsSync(file)) {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    }
    this.#key = createPrivateKey(readFileSync(file, "utf8"));
    const { n, e } = createPublicKey(this.#key).export({ format: "jwk" });
    // The thumbprint of RFC 7638: these members in this order.
    this.#id = createHash("sha256")
      .update(JSON.stringify({ e, kty: "RSA", n }))
      .digest("base64url");
    this.#jwk = { kty: "RSA", kid: this.#id, e, n, use: "sig", alg: "RS256" };
  }

  /** The public half, as a key set. */
  keys(): { keys: Record<string, unknown>[] } {
    return { keys: [this.#jwk] };
  }

  /** A signed token of these claims. */
  token(claims: Readonly<Record<string, unknown>>): string {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const head = `${part({ alg: "RS256", kid: this.#id, typ: "JWT" })}.${part(claims)}`;
    return `${head}.${sign("RSA-SHA256", Buffer.from(head), this.#key).toString("base64url")}`;
  }
}
