import { clusterArn, roleArn } from "../../model/aws/arns";
import { eksName, roleName } from "../../model/aws/names";
import { assumePolicy } from "../../model/aws/policies";
import { callerTrust } from "../../model/aws/trust";
import { engineGroup } from "../../model/gitops-eks";
import type { PodIdentityPlan } from "./identities";
import { podRole, type RolePlan, type RoleScope } from "./roles";

/** The ServiceAccounts of an engine that speak to other clusters, and the purpose of the role that each has. */
const callers = {
  gitopssync: "argocd-application-controller",
  gitopsserver: "argocd-server",
} as const;

type Caller = keyof typeof callers;
const purposes = Object.keys(callers) as Caller[];

/** A role that a GitOps engine on the control plane acts as, and the group that it then is in. It has no right in AWS. */
export interface EngineAccess {
  readonly role: RolePlan;
  readonly groups: readonly string[];
}

/** What lets the engine into a workload cluster. */
export function engineAccess({ place, estate, cluster }: RoleScope, plane: string): EngineAccess {
  const roles = purposes.map((purpose) => roleArn(place, roleName(estate, plane, purpose)));
  return {
    role: { name: roleName(estate, cluster, "gitops"), trust: callerTrust(place, roles), managed: [] },
    groups: [engineGroup],
  };
}

/** What the engine is on the control plane: who may act as the roles of these clusters. */
export function engineIdentities(scope: RoleScope, namespace: string, targets: readonly string[]): PodIdentityPlan[] {
  const { place, estate } = scope;
  const policy = assumePolicy(targets.map((target) => roleArn(place, roleName(estate, target, "gitops"))));
  const cluster = clusterArn(place, eksName(estate, scope.cluster));
  return purposes.map((purpose) => {
    const serviceAccount = callers[purpose];
    const role = podRole(scope, purpose, { cluster, namespace, serviceAccount }, { policy });
    return { purpose, namespace, serviceAccount, role };
  });
}
