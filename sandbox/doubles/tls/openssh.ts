import { randomBytes, type JsonWebKey, type KeyObject } from "node:crypto";

/** A key as OpenSSH writes it. */
export interface OpensshKey {
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  /** The public key, as it stands in base64 in `authorized_keys`. */
  readonly blob: Buffer;
  /** The PEM of the private key, unencrypted and without a comment. */
  readonly privateKey: string;
}

/** The parts of a key that OpenSSH writes down: the public ones, then those of the private section. */
interface Parts {
  readonly type: string;
  readonly open: readonly Buffer[];
  readonly hidden: readonly Buffer[];
}

const CURVES: Record<string, string> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** The key for OpenSSH, or `undefined` for a curve it does not know (P-224). */
export function openssh(publicKey: KeyObject, privateKey: KeyObject): OpensshKey | undefined {
  if (publicKey.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
  const parts = partsOf(privateKey.export({ format: "jwk" }));
  const blob = Buffer.concat([string(parts.type), ...parts.open]);
  return { type: parts.type, blob, privateKey: armour(blob, parts) };
}

function partsOf(jwk: JsonWebKey): Parts {
  const number = (value: string | undefined): Buffer => mpint(bytes(value));
  if (jwk.kty === "RSA") {
    const [n, e] = [number(jwk.n), number(jwk.e)];
    // The private section repeats the modulus before the exponent, the other way round than the public key.
    const hidden = [n, e, number(jwk.d), number(jwk.qi), number(jwk.p), number(jwk.q)];
    return { type: "ssh-rsa", open: [e, n], hidden };
  }
  if (jwk.kty === "OKP") {
    const point = bytes(jwk.x);
    const hidden = [string(point), string(Buffer.concat([bytes(jwk.d), point]))];
    return { type: "ssh-ed25519", open: [string(point)], hidden };
  }
  const curve = CURVES[jwk.crv ?? ""];
  if (curve === undefined) throw new Error(`OpenSSH has no curve ${jwk.crv ?? "(none)"}`);
  const open = [string(curve), string(Buffer.concat([Buffer.from([4]), bytes(jwk.x), bytes(jwk.y)]))];
  return { type: `ecdsa-sha2-${curve}`, open, hidden: [...open, number(jwk.d)] };
}

/** The format `openssh-key-v1`: no cipher, one key, a check number twice, padding 1, 2, 3 up to a multiple of 8. */
function armour(blob: Buffer, { type, hidden }: Parts): string {
  const check = randomBytes(4);
  const section = Buffer.concat([check, check, string(type), ...hidden, string("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (section.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const head = [Buffer.from("openssh-key-v1\0"), string("none"), string("none"), string(""), one, string(blob)];
  const body = Buffer.concat([...head, string(Buffer.concat([section, padding]))]).toString("base64");
  const lines = body.match(/.{1,64}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

function bytes(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}

function string(content: string | Buffer): Buffer {
  const data = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}

/** A positive number: no leading zeros, but one where the first bit would make it negative. */
function mpint(content: Buffer): Buffer {
  const start = content.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Buffer.alloc(0) : content.subarray(start);
  const negative = (digits[0] ?? 0) >= 0x80;
  return string(negative ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}
