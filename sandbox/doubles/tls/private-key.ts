import { createHash, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { numberOr, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource } from "../framework/bridge/schema";
import type { BareMap, JsonMap } from "../framework/value";
import { openssh } from "./openssh";

const generate = promisify(generateKeyPair);
const CURVES: Record<string, string> = { P224: "secp224r1", P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" };

/** A key pair in every spelling. Nothing outside the state exists; every change makes another key. */
export const privateKey: BridgedResource<null> = {
  half: "framework",
  inputs: {
    algorithm: { type: "string", required: true, forceNew: true, oneOf: ["RSA", "ECDSA", "ED25519"] },
    rsaBits: { type: "integer", forceNew: true, computed: true },
    ecdsaCurve: { type: "string", forceNew: true, computed: true, oneOf: Object.keys(CURVES) },
  },
  outputs: {
    privateKeyPem: { type: "string", secret: true },
    privateKeyPemPkcs8: { type: "string", secret: true },
    privateKeyOpenssh: { type: "string", secret: true },
    publicKeyPem: { type: "string" },
    publicKeyOpenssh: { type: "string" },
    publicKeyFingerprintMd5: { type: "string" },
    publicKeyFingerprintSha256: { type: "string" },
  },
  plan,
  create: async (inputs) => {
    const { publicKey, privateKey: key } = await make(inputs);
    const der = publicKey.export({ type: "spki", format: "der" });
    return { id: createHash("sha1").update(der).digest("hex"), state: spell(inputs, publicKey, key) };
  },
  read: () => Promise.resolve({}),
  delete: () => Promise.resolve(),
};

/** Size and curve have a default only for the algorithm that uses them; other algorithms ignore them. */
function plan(given: BareMap): BareMap {
  if (given["algorithm"] === "RSA") return { rsaBits: 2048, ...given };
  if (given["algorithm"] === "ECDSA") return { ecdsaCurve: "P224", ...given };
  return given;
}

async function make(inputs: JsonMap): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  const algorithm = text(inputs, "algorithm");
  if (algorithm === "RSA") return generate("rsa", { modulusLength: numberOr(inputs, "rsaBits", 2048) });
  if (algorithm === "ED25519") return generate("ed25519");
  const curve = CURVES[textOr(inputs, "ecdsaCurve", "P224")];
  if (curve === undefined) throw new Error(`unknown curve ${text(inputs, "ecdsaCurve")}`);
  return generate("ec", { namedCurve: curve });
}

function spell(inputs: JsonMap, publicKey: KeyObject, key: KeyObject): JsonMap {
  const pkcs8 = pem(key.export({ type: "pkcs8", format: "pem" }));
  const ssh = openssh(publicKey, key);
  const own = { RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const;
  const type = text(inputs, "algorithm") as keyof typeof own;
  return {
    privateKeyPem: pem(key.export({ type: own[type], format: "pem" })),
    privateKeyPemPkcs8: pkcs8,
    privateKeyOpenssh: ssh?.privateKey ?? "",
    publicKeyPem: pem(publicKey.export({ type: "spki", format: "pem" })),
    publicKeyOpenssh: ssh === undefined ? "" : `${ssh.type} ${ssh.blob.toString("base64")}\n`,
    publicKeyFingerprintMd5: ssh === undefined ? "" : md5(ssh.blob),
    publicKeyFingerprintSha256: ssh === undefined ? "" : sha256(ssh.blob),
  };
}

function pem(exported: string | Buffer): string {
  return exported.toString();
}

function md5(blob: Buffer): string {
  return (createHash("md5").update(blob).digest("hex").match(/../g) ?? []).join(":");
}

function sha256(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
