import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterNames } from "../cluster";
import { issuerHost } from "../issuer";
import type { Answer } from "./server";

/** A public key as a set of keys has it; its id is made as kube-apiserver makes it, which writes it into tokens. */
function keySet(pem: string): unknown {
  const key = createPublicKey(pem);
  const kid = createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64url");
  return { keys: [{ use: "sig", alg: "RS256", kid, ...key.export({ format: "jwk" }) }] };
}

/**
 * The issuers of the clusters' ServiceAccount tokens. On EKS each is on the internet, with its public keys at `/keys`; here
 * this is said of the keys that the API servers sign with.
 */
export function issuers(dir: string): Answer {
  return (host) => {
    const name = clusterNames.find((each) => issuerHost(each) === host);
    if (name === undefined) return undefined;
    return (path) =>
      path === "/keys" ? keySet(readFileSync(join(dir, "clusters", name, "service-accounts.pub"), "utf8")) : undefined;
  };
}
