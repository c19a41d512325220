import { accountArn, type AwsPlace } from "./arns";
import { document, type PolicyDocument } from "./policy";

/**
 * EKS acts as the cluster's role; without TagSession the compute of Auto Mode cannot. No condition on the source: IAM lets
 * nobody of another account pass the role, and AWS documents none for Auto Mode.
 */
export function clusterTrust(): PolicyDocument {
  return document({
    Sid: "Cluster",
    Effect: "Allow",
    Principal: { Service: "eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
  });
}

/** Instances act as the nodes' role. EC2 says nothing of whom it acts for, so no condition can hold it. */
export function nodeTrust(): PolicyDocument {
  return document({
    Sid: "Nodes",
    Effect: "Allow",
    Principal: { Service: "ec2.amazonaws.com" },
    Action: ["sts:AssumeRole"],
  });
}

/** A workload's own identity: one ServiceAccount of one cluster. */
export interface WorkloadIdentity {
  /** The ARN of the cluster. */
  readonly cluster: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * Pods of one ServiceAccount act as a role by EKS Pod Identity. Without the conditions whoever may make an association and
 * pass the role gets it for any pod of any cluster.
 */
export function podTrust(
  { account }: AwsPlace,
  { cluster, namespace, serviceAccount }: WorkloadIdentity,
): PolicyDocument {
  return document({
    Sid: "Pods",
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:SourceAccount": account,
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount,
      },
      ArnEquals: { "aws:SourceArn": cluster },
    },
  });
}

/** Exactly these principals act as the role that writes to a cluster. A session by Pod Identity carries tags: hence TagSession. */
export function deployerTrust(deployers: readonly string[]): PolicyDocument {
  return document({
    Sid: "Deployers",
    Effect: "Allow",
    Principal: { AWS: deployers },
    Action: ["sts:AssumeRole", "sts:TagSession"],
  });
}

/**
 * Roles of the account act as this one. They are named by a condition: AWS takes no principal that is not there yet, and they
 * may come later than this.
 */
export function callerTrust(place: AwsPlace, callers: readonly string[]): PolicyDocument {
  return document({
    Sid: "Callers",
    Effect: "Allow",
    Principal: { AWS: accountArn(place) },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: { ArnEquals: { "aws:PrincipalArn": callers } },
  });
}

/** VPC flow logs write as the role, for this account's VPCs alone. */
export function flowLogTrust({ account }: AwsPlace): PolicyDocument {
  return document({
    Sid: "FlowLogs",
    Effect: "Allow",
    Principal: { Service: "vpc-flow-logs.amazonaws.com" },
    Action: ["sts:AssumeRole"],
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  });
}

/** ServiceAccounts of one namespace, and the provider by which AWS knows the cluster's tokens. */
export interface WebIdentity {
  /** ARN of the provider. */
  readonly provider: string;
  /** The cluster's issuer: `https://oidc.eks...`. */
  readonly issuer: string;
  readonly namespace: string;
  readonly serviceAccounts: readonly string[];
}

/** Pods of exactly these ServiceAccounts act as a role by their own tokens (IRSA). */
export function webIdentityTrust({ provider, issuer, namespace, serviceAccounts }: WebIdentity): PolicyDocument {
  const host = issuer.replace(/^https:\/\//, "");
  return document({
    Sid: "Pods",
    Effect: "Allow",
    Principal: { Federated: provider },
    Action: ["sts:AssumeRoleWithWebIdentity"],
    Condition: {
      StringEquals: {
        [`${host}:aud`]: webIdentityAudience,
        [`${host}:sub`]: serviceAccounts.map((account) => `system:serviceaccount:${namespace}:${account}`),
      },
    },
  });
}

/** For whom tokens are made that AWS takes. */
export const webIdentityAudience = "sts.amazonaws.com";
