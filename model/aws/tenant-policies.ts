import { globalArn, policyArn, regionalArn, roleArn, type AwsPlace } from "./arns";
import { document, type PolicyDocument, type Statement } from "./policy";
import { tagKey } from "./tags";

/** The folder of a tenant's own roles and policies in IAM. The slash at its end keeps `team-a` out of team-ab's. */
export const tenantPath = (estate: string, tenant: string): string => `/estate/${estate}/tenants/${tenant}/`;

/** The most that any role of a tenant may do, whatever its own policies say. */
export const tenantBoundaryName = (estate: string): string => `${estate}-tenant-boundary`;

/** What a tenant's roles may use at all: by the folder of its name where the service has one, by its tag where not. */
function ownResources(place: AwsPlace, estate: string): Statement[] {
  const tenant = `\${aws:PrincipalTag/${tagKey.tenant}}`;
  const folder = `${estate}/tenants/${tenant}/*`;
  const own = { StringEquals: { [`aws:ResourceTag/${tagKey.tenant}`]: tenant } };
  return [
    {
      Sid: "Objects",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
      Resource: [globalArn(place, "s3", `${estate}-tenants/${tenant}/*`)],
    },
    {
      Sid: "Secrets",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue"],
      Resource: [regionalArn(place, "secretsmanager", `secret:${folder}`)],
    },
    {
      Sid: "Queues",
      Effect: "Allow",
      Action: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: [regionalArn(place, "sqs", "*")],
      Condition: own,
    },
    {
      Sid: "Topics",
      Effect: "Allow",
      Action: ["sns:Publish", "sns:GetTopicAttributes"],
      Resource: [regionalArn(place, "sns", "*")],
      Condition: own,
    },
    {
      Sid: "Tables",
      Effect: "Allow",
      Action: [
        "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem",
        "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan",
        "dynamodb:UpdateItem",
      ], // prettier-ignore
      Resource: [regionalArn(place, "dynamodb", "table/*")],
      Condition: own,
    },
    {
      Sid: "Keys",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
      Resource: [regionalArn(place, "kms", "key/*")],
      Condition: own,
    },
  ];
}

/**
 * The boundary of every role that a tenant makes. What it does not allow no policy of the tenant can: it is a list of what is
 * allowed, so IAM, networks, clusters and other roles need no statement of their own. It refuses what would be the platform's
 * by a second lock, in case somebody widens the list.
 */
export function tenantBoundary(place: AwsPlace, estate: string): PolicyDocument {
  return document(...ownResources(place, estate), {
    Sid: "PlatformRoles",
    Effect: "Deny",
    Action: ["sts:AssumeRole", "iam:PassRole"],
    Resource: [roleArn(place, `${estate}-*`)],
  });
}

/**
 * What may make roles for a tenant: only in the tenant's folder, only inside the boundary, and never the boundary itself.
 * For ACK, Crossplane, or a tenant's own Pulumi.
 */
export function tenantRoleMakerPolicy(place: AwsPlace, estate: string, tenant: string): PolicyDocument {
  const path = tenantPath(estate, tenant).slice(1);
  const boundary = policyArn(place, tenantBoundaryName(estate));
  const roles = [roleArn(place, `${path}*`)];
  return document(
    {
      Sid: "MakeInsideBoundary",
      Effect: "Allow",
      Action: ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
      Resource: roles,
      Condition: { StringEquals: { "iam:PermissionsBoundary": boundary } },
    },
    {
      Sid: "Keep",
      Effect: "Allow",
      Action: [
        "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:GetRole", "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:TagRole", "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
      ], // prettier-ignore
      Resource: roles,
    },
    {
      Sid: "GiveToPods",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: roles,
      Condition: { StringEquals: { "iam:PassedToService": "pods.eks.amazonaws.com" } },
    },
    { Sid: "KeepBoundary", Effect: "Deny", Action: ["iam:DeleteRolePermissionsBoundary"], Resource: roles },
    {
      Sid: "LeaveBoundary",
      Effect: "Deny",
      Action: ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"],
      Resource: [boundary],
    },
  );
}
