import { writeAuthentication } from "./authentication";
import { certificateFile, type Cluster } from "./cluster";
import { textOf } from "./part";

/** For whom the tokens are, and what comes before the name of who shows one. */
export interface IssuerTrust {
  readonly audience: string;
  readonly usernamePrefix: string;
}

/**
 * From now on a cluster takes tokens of another one's ServiceAccounts that are for it. It reads the keys at the other's own
 * address, because the issuer's name is known to the sandbox's ingress alone, and those must be readable by everybody there.
 */
export function trustIssuer(cluster: Cluster, other: Cluster, { audience, usernamePrefix }: IssuerTrust): void {
  writeAuthentication(cluster, [
    {
      issuer: {
        url: other.issuer,
        discoveryURL: `${other.server}/.well-known/openid-configuration`,
        certificateAuthority: textOf(certificateFile(other)) ?? "",
        audiences: [audience],
      },
      claimMappings: { username: { claim: "sub", prefix: usernamePrefix } },
    },
  ]);
}
