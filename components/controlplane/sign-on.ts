import * as pulumi from "@pulumi/pulumi";
import type { IdentityPlan } from "../../plan/controlplane/identity";
import { harborSignOn } from "../../plan/controlplane/harbor";

/** By whom people log in to a service, and the service's own secret there. */
export interface SignOn {
  readonly identity: IdentityPlan;
  readonly clientId: string;
  readonly clientSecret: pulumi.Output<string>;
}

/** What GitLab is told of the identity provider. It asks for the rest at a person's login. */
export function gitlabProvider(address: string, { identity, clientId, clientSecret }: SignOn): pulumi.Output<string> {
  return pulumi.secret(
    pulumi.jsonStringify({
      name: "openid_connect",
      label: "single sign-on",
      args: {
        name: "openid_connect",
        scope: ["openid", "profile", "email"],
        response_type: "code",
        issuer: identity.issuer,
        discovery: true,
        client_auth_method: "query",
        uid_field: "sub",
        send_scope_to_token_endpoint: false,
        pkce: true,
        client_options: {
          identifier: clientId,
          secret: clientSecret,
          redirect_uri: `${address}/users/auth/openid_connect/callback`,
          gitlab: { groups_attribute: identity.groupsClaim },
        },
      },
    }),
  );
}

/** What Harbor is told of it: a value of its chart, which goes into a Secret there. */
export function harborProvider({ identity, clientId, clientSecret }: SignOn): pulumi.Output<string> {
  const { issuer, groupsClaim, adminGroup } = identity;
  return pulumi.secret(
    clientSecret.apply((secret) => harborSignOn({ issuer, groupsClaim, adminGroup, clientId, clientSecret: secret })),
  );
}
