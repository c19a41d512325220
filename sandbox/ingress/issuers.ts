import { adminClient, clusterNames, clusterOf } from "../cluster";
import { issuerHost } from "../issuer";
import { readState } from "../state";
import type { Answer } from "./server";

/**
 * The issuers of the clusters' ServiceAccount tokens. On EKS each is on the internet, with its public keys at `/keys`; here
 * they are asked of the API server.
 */
export function issuers(dir: string): Answer {
  return (host) => {
    const name = clusterNames.find((each) => issuerHost(each) === host);
    if (name === undefined) return undefined;
    return async (path) => {
      if (path !== "/keys") return undefined;
      const client = adminClient(clusterOf(dir, name, readState(dir)?.ports[name] ?? 0));
      if (client === undefined) throw new Error(`cluster ${name} has no certificate yet`);
      try {
        return await client.call("GET", "/openid/v1/jwks");
      } finally {
        client.close();
      }
    };
  };
}
