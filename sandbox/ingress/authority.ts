import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { textOf } from "../part";
import { bits, boolean, der, identifier, integer, octets, sequence, set, tagged, time, utf8 } from "./der";

/** A certificate and its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

const day = 86_400_000;
const ecdsaWithSha256 = sequence(identifier("1.2.840.10045.4.3.2"));

/** The certificate that those trust who trust the sandbox's names. */
export const authorityFile = (dir: string): string => join(dir, "ingress", "ca.crt");

/** Makes the sandbox's certificate authority, unless it is there and lasts; what it signed goes with it. */
export function ensureAuthority(dir: string): void {
  const folder = join(dir, "ingress");
  const text = textOf(authorityFile(dir));
  if (text !== undefined && Date.parse(new X509Certificate(text).validTo) > Date.now() + 366 * day) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = commonName("Estate sandbox");
  const cert = certificate(
    {
      issuer: name,
      subject: name,
      publicKey,
      days: 3650,
      extensions: [ext("2.5.29.19", sequence(boolean(true)), true), usage(0x06)],
    },
    privateKey,
  );
  writeFileSync(join(folder, "ca.key"), pem(privateKey), { mode: 0o600 });
  writeFileSync(authorityFile(dir), cert);
}

/** Issues what a server of this name shows: for a year, kept nowhere. */
export function issue(dir: string, host: string): Identity {
  const authority = createPrivateKey(readFileSync(join(dir, "ingress", "ca.key")));
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const names = ext("2.5.29.17", sequence(der(0x82, Buffer.from(host, "ascii"))));
  const server = ext("2.5.29.37", sequence(identifier("1.3.6.1.5.5.7.3.1")));
  const cert = certificate(
    {
      issuer: commonName("Estate sandbox"),
      subject: commonName("ingress"),
      publicKey,
      days: 365,
      extensions: [names, server, usage(0x80)],
    },
    authority,
  );
  return { cert, key: pem(privateKey) };
}

interface Content {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly days: number;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280, section 4.1. */
function certificate({ issuer, subject, publicKey, days, extensions }: Content, by: KeyObject): string {
  // A clock that is a little behind must not refuse it.
  const validity = sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + days * day)));
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    issuer,
    validity,
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensions)),
  );
  const whole = sequence(content, ecdsaWithSha256, bits(sign("sha256", content, by)));
  const lines = whole.toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const commonName = (name: string): Buffer => sequence(set(sequence(identifier("2.5.4.3"), utf8(name))));
const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

function ext(id: string, value: Buffer, critical = false): Buffer {
  return sequence(identifier(id), ...(critical ? [boolean(true)] : []), octets(value));
}

/** What the key is for: 0x80 to sign as a server, 0x06 to sign certificates and lists. */
function usage(flags: number): Buffer {
  let unused = 0;
  while (((flags >> unused) & 1) === 0) unused += 1;
  return ext("2.5.29.15", bits(Buffer.from([flags]), unused), true);
}
