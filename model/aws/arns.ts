import { partitionOf, type Partition } from "./regions";

/** Where things are: every ARN is made from these. */
export interface AwsPlace {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

const partition = ({ region }: AwsPlace): Partition => partitionOf(region);

/** A policy that AWS maintains. */
export function managedPolicyArn(place: AwsPlace, name: string): string {
  return `arn:${partition(place)}:iam::aws:policy/${name}`;
}

/** A role of the account. `name` may begin with a path: `tenants/payments/*`. */
export function roleArn(place: AwsPlace, name: string): string {
  return `arn:${partition(place)}:iam::${place.account}:role/${name}`;
}

/** A provider of identities that the account knows, by its address without a scheme. */
export function providerArn(place: AwsPlace, address: string): string {
  return `arn:${partition(place)}:iam::${place.account}:oidc-provider/${address}`;
}

/** The account itself: whoever its own IAM policies allow. */
export function accountArn(place: AwsPlace): string {
  return `arn:${partition(place)}:iam::${place.account}:root`;
}

/** A policy of the account. */
export function policyArn(place: AwsPlace, name: string): string {
  return `arn:${partition(place)}:iam::${place.account}:policy/${name}`;
}

/** An EKS cluster. It is made of the name alone: a cluster that replaces another of its name has the same. */
export function clusterArn(place: AwsPlace, name: string): string {
  return `arn:${partition(place)}:eks:${place.region}:${place.account}:cluster/${name}`;
}

/** What a principal may do in a cluster, by one of EKS' own access policies. */
export function accessPolicyArn(place: AwsPlace, name: string): string {
  return `arn:${partition(place)}:eks::aws:cluster-access-policy/${name}`;
}

/** Any resource of a service in the region: `arn:aws:logs:eu-central-1:111122223333:log-group:...`. */
export function regionalArn(place: AwsPlace, service: string, resource: string): string {
  return `arn:${partition(place)}:${service}:${place.region}:${place.account}:${resource}`;
}

/** A resource of a service whose ARNs name neither region nor account: S3, Route 53. */
export function globalArn(place: AwsPlace, service: string, resource: string): string {
  return `arn:${partition(place)}:${service}:::${resource}`;
}

/** The form of a role's ARN, as settings take it. */
export const roleArnPattern = /^arn:aws(-cn|-us-gov)?:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** The account in an ARN of IAM; empty when there is none. */
export function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}
