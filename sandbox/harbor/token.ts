import { isRecord } from "@estate/clients";
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Harbor's own names for the two ends of a token. */
export const tokenIssuer = "harbor-token-issuer";
export const tokenService = "harbor-registry";

/** What a token opens: `repository` with its whole name, or `registry` named `catalog`. */
export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** The public key in the form the registry's `jwks` option reads. */
export const jwksFile = (dir: string): string => join(dir, "jwks.json");
const keyFile = (dir: string): string => join(dir, "token-key.pem");
const keyId = "harbor";

/** Makes the signing key of a folder, and the registry's copy of its public half, unless they are there. */
export function prepareSigningKey(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (!existsSync(keyFile(dir))) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(keyFile(dir), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    chmodSync(keyFile(dir), 0o600);
  }
  const jwk = createPublicKey(readFileSync(keyFile(dir))).export({ format: "jwk" });
  writeFileSync(jwksFile(dir), JSON.stringify({ keys: [{ ...jwk, kid: keyId, alg: "ES256", use: "sig" }] }));
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * Makes the registry's tokens. They are dated by the machine's clock and not by the stand-in's, because the registry
 * reads them by the machine's.
 */
export class Tokens {
  private readonly key;

  constructor(dir: string) {
    prepareSigningKey(dir);
    this.key = createPrivateKey(readFileSync(keyFile(dir)));
  }

  mint(subject: string, access: readonly TokenAccess[], seconds: number): { token: string; issuedAt: string } {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: tokenIssuer,
      sub: subject,
      aud: tokenService,
      exp: now + seconds,
      nbf: now,
      iat: now,
      jti: randomUUID(),
      access,
    };
    const text = `${part({ alg: "ES256", typ: "JWT", kid: keyId })}.${part(claims)}`;
    const signature = sign("sha256", Buffer.from(text), { key: this.key, dsaEncoding: "ieee-p1363" });
    return { token: `${text}.${signature.toString("base64url")}`, issuedAt: new Date(now * 1000).toISOString() };
  }

  /** Whether a token is ours, has not ended and opens this. The registry asks the same again for itself. */
  opens(token: string, repository: string, action: string): boolean {
    const claims = this.claimsOf(token);
    if (claims === undefined || typeof claims["exp"] !== "number" || claims["exp"] * 1000 < Date.now()) return false;
    const access: unknown[] = Array.isArray(claims["access"]) ? claims["access"] : [];
    return access.some(
      (each) =>
        isRecord(each) &&
        each["type"] === "repository" &&
        each["name"] === repository &&
        Array.isArray(each["actions"]) &&
        each["actions"].includes(action),
    );
  }

  /** Whom a token of ours was given to. */
  subjectOf(token: string): string {
    const subject = this.claimsOf(token)?.["sub"];
    return typeof subject === "string" ? subject : "";
  }

  private claimsOf(token: string): Record<string, unknown> | undefined {
    const [header = "", body = "", signature = ""] = token.split(".");
    const key = { key: createPublicKey(this.key), dsaEncoding: "ieee-p1363" } as const;
    if (!verify("sha256", Buffer.from(`${header}.${body}`), key, Buffer.from(signature, "base64url"))) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(body, "base64url").toString("utf8"));
    return isRecord(claims) ? claims : undefined;
  }
}
