import { createCipheriv, createHash, randomBytes } from "node:crypto";
import type { Manifest } from "@estate/clients";

// A file as SOPS encrypts it: one value, AES-256-GCM by a data key, and the data key under a key that somebody keeps.

/** What SOPS' MAC begins with when it covers encrypted values alone (sops.go, MACOnlyEncryptedInitialization). */
const macStart = Buffer.from("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69", "hex");

const lastmodified = "2026-01-01T00:00:00Z";

/** One value in SOPS' form; `place` is what it is bound to. */
function sealed(key: Buffer, text: string, place: string): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(place));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]).toString("base64");
  return `ENC[AES256_GCM,data:${data},iv:${iv.toString("base64")},tag:${cipher.getAuthTag().toString("base64")},type:str]`;
}

/** A ConfigMap whose one entry `said` is encrypted; `keys` says who can open the data key, in SOPS' words. */
export function encryptedConfigMap(name: string, said: string, key: Buffer, keys: object): Manifest {
  const mac = createHash("sha512").update(macStart).update(said).digest("hex").toUpperCase();
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
    data: { said: sealed(key, said, "data:said:") },
    sops: {
      ...keys,
      lastmodified,
      mac: sealed(key, mac, lastmodified),
      encrypted_regex: "^data$",
      mac_only_encrypted: true,
      version: "3.13.2",
    },
  };
}
