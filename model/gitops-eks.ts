import { roleArn, type AwsPlace } from "./aws/arns";
import { eksName, roleName } from "./aws/names";

/** How a GitOps engine on another cluster logs in to one on EKS: as a role, and as whom Kubernetes knows that one. */
export interface EksLogin {
  /** The cluster's name in EKS. */
  readonly name: string;
  readonly role: string;
}

/** The group in a cluster on EKS of who came by that role. */
export const engineGroup = "estate:gitops";

/** The login to a cluster; made of names alone. */
export function eksLogin(place: AwsPlace, estate: string, cluster: string): EksLogin {
  return { name: eksName(estate, cluster), role: roleArn(place, roleName(estate, cluster, "gitops")) };
}
