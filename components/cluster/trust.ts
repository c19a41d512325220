import type * as pulumi from "@pulumi/pulumi";
import type { ClusterPlan } from "../../plan/plan";
import { aws } from "../aws/sdk";
import type { ClusterConnection } from "./contract";

/** A cluster's plan, and how it is reached. */
export interface PlannedConnection {
  readonly plan: Pick<ClusterPlan, "name" | "role" | "connection">;
  readonly connection: ClusterConnection;
}

/**
 * Clusters on EKS take tokens of the control plane's ServiceAccounts, where a GitOps engine there shows them. Nothing of it is
 * made for other clusters: whoever runs their API servers tells those.
 */
export function trustControlPlane(connections: readonly PlannedConnection[], parent: pulumi.Resource): void {
  const plane = connections.find(({ plan }) => plan.role === "control-plane")?.connection.ground;
  for (const { plan, connection } of connections) {
    if (plan.connection.kind !== "eks" || plan.connection.trust === undefined || connection.ground === undefined)
      continue;
    if (plane === undefined)
      throw new RangeError(`cluster ${plan.name} is to trust a control plane that is not on EKS`);
    const { eksName, trust } = plan.connection;
    new aws.eks.IdentityProviderConfig(
      `${plan.name}-hub`,
      {
        // The name is known before the cluster is there: taken from its address, it waits for it.
        clusterName: connection.server.apply(() => eksName),
        oidc: {
          identityProviderConfigName: "hub",
          issuerUrl: plane.issuer,
          clientId: trust.audience,
          usernameClaim: "sub",
          usernamePrefix: trust.usernamePrefix,
        },
      },
      // EKS takes one, so the old one goes first.
      {
        parent,
        provider: connection.ground.provider,
        deleteBeforeReplace: true,
        customTimeouts: { create: "60m", delete: "60m" },
      },
    );
  }
}
