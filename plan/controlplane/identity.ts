import type { Settings } from "../../config/schema";
import type { ClusterFacts, EstateFacts } from "../../model/home";
import { serviceHost } from "../../model/services";
import { planOpenUnison, type OpenUnisonPlan } from "./openunison";

/** The services that people log in to, as clients of the identity provider. */
export type Client = "gitlab" | "registry";

/** Who says who people are. */
export interface IdentityPlan {
  readonly kind: "oidc" | "cognito" | "openunison";
  readonly issuer: string;
  readonly groupsClaim: string;
  /** How each service is called there. */
  readonly clients: Readonly<Record<Client, string>>;
  /** The group whose people administrate the registry. */
  readonly adminGroup: string;
  /** Absent where somebody else runs the provider. */
  readonly openUnison?: OpenUnisonPlan;
}

/** The issuer of a user pool of AWS: public, with discovery and keys below it. */
export function cognitoIssuer(region: string, userPool: string): string {
  return `https://cognito-idp.${region}.amazonaws.com/${userPool}`;
}

/** Plans the identity provider; undefined where Estate has nothing to do with it. */
export function planIdentity(
  estate: EstateFacts,
  clusters: readonly ClusterFacts[],
  { identity, access }: Settings,
): IdentityPlan | undefined {
  const adminGroup = access.clusterAdmins;
  switch (identity.kind) {
    case undefined:
    case "external":
      return undefined;
    case "oidc":
      return {
        kind: "oidc",
        issuer: identity.issuer,
        groupsClaim: identity.groupsClaim,
        clients: identity.clients,
        adminGroup,
      };
    case "cognito":
      return {
        kind: "cognito",
        issuer: cognitoIssuer(identity.region, identity.userPool),
        // No other name: pools have no scope and no claim `groups` of their own.
        groupsClaim: "cognito:groups",
        clients: identity.clients,
        adminGroup,
      };
    case "openunison": {
      const plane = clusters.find(({ role }) => role === "control-plane")?.name ?? "";
      const openUnison = planOpenUnison({
        estate,
        clusters: clusters.map(({ name }) => name),
        plane,
        upstream: identity.upstream,
        adminGroup,
        approvers: identity.approvers ?? access.systemApprovers,
      });
      return {
        kind: "openunison",
        issuer: `https://${serviceHost("k8sou", plane, estate.domain)}/auth/idp/k8sIdp`,
        groupsClaim: "groups",
        clients: { gitlab: "gitlab", registry: "harbor" },
        adminGroup,
        openUnison,
      };
    }
  }
}
