import { ok, type Reply } from "./http/reply";
import type { Instance } from "./instance";

/** What GitLab serves outside its API that something of the sandbox asks for. */
export function pages(gitlab: Instance, method: string, address: URL): Reply | undefined {
  if (method !== "GET" && method !== "HEAD") return undefined;
  switch (address.pathname) {
    case "/-/readiness":
      return ok({ status: "ok", master_check: [{ status: "ok" }] });
    case "/-/liveness":
      return ok({ status: "ok" });
    case "/-/health":
      return { status: 200, bytes: Buffer.from("GitLab OK"), headers: { "Content-Type": "text/plain" } };
    case "/.well-known/openid-configuration":
      return ok({
        issuer: gitlab.url,
        jwks_uri: `${gitlab.url}/oauth/discovery/keys`,
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
        claims_supported: ["iss", "sub", "aud", "exp", "iat", "nbf", "jti", "project_path", "ref", "ref_protected"],
      });
    case "/oauth/discovery/keys":
      return ok(gitlab.signingKey.keys());
    default:
      return undefined;
  }
}
