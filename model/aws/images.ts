import { accountArn, accountOf, providerArn, regionalArn, roleArn, type AwsPlace } from "./arns";
import { document, type PolicyDocument, type Statement } from "./policy";
import { partitionOf } from "./regions";
import { webIdentityAudience } from "./trust";

/** The host of an account's images in a region. */
export function ecrHost({ region, account }: AwsPlace): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com${partitionOf(region) === "aws-cn" ? ".cn" : ""}`;
}

/** The form of a repository's name, as ECR takes it: at most 256 characters. */
export const repositoryPattern = /^(?=.{2,256}$)([a-z0-9]+([._-][a-z0-9]+)*\/)*[a-z0-9]+([._-][a-z0-9]+)*$/;

/** As whom a tenant's pipelines push. The dot keeps it from the roles of clusters, which have none in their names. */
export const pushRoleName = (estate: string, tenant: string): string => `${estate}-ci.${tenant}`;

/** The branch whose pipelines push: the default branch of each project that Estate makes, which GitLab protects. */
export const pushBranch = "main";

/** Most characters of a role's trust, by IAM's default quota. */
export const trustLength = 2048;

const login: Statement = {
  Sid: "LogIn",
  Effect: "Allow",
  Action: ["ecr:GetAuthorizationToken"],
  Resource: ["*"],
};

const pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] as const;
const push = [
  ...pull,
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
] as const;

/** Pipelines push into one tenant's repositories. They delete nothing, and make no repository. */
export function pushPolicy(place: AwsPlace, estate: string, tenant: string): PolicyDocument {
  return document(login, {
    Sid: "Push",
    Effect: "Allow",
    Action: push,
    // The slash before the star: team-a is the beginning of team-ab.
    Resource: [regionalArn(place, "ecr", `repository/${estate}/${tenant}/*`)],
  });
}

/** Flux looks for new images of all tenants: a guardrail keeps what a tenant asks it for to the tenant's own. */
export function scanPolicy(place: AwsPlace, estate: string): PolicyDocument {
  return document(login, {
    Sid: "Look",
    Effect: "Allow",
    Action: [...pull, "ecr:DescribeImages", "ecr:ListImages"],
    Resource: [regionalArn(place, "ecr", `repository/${estate}/*`)],
  });
}

/**
 * Nodes pull. By their accounts, and a condition: a role that is named as the principal must be there already, and one that
 * is made again is another to ECR.
 */
export function pullPolicy(place: AwsPlace, nodes: readonly string[]): PolicyDocument {
  const accounts = [...new Set(nodes.map(accountOf))].sort();
  return document({
    Sid: "NodesPull",
    Effect: "Allow",
    Principal: { AWS: accounts.map((account) => accountArn({ ...place, account })) },
    Action: pull,
    Condition: { ArnEquals: { "aws:PrincipalArn": [...new Set(nodes)].sort() } },
  });
}

/** Where IAM knows GitLab: the issuer of identity tokens. */
export interface TokenIssuer {
  readonly place: AwsPlace;
  /** `https://gitlab.example.com`. */
  readonly issuer: string;
}

const issuerHost = (issuer: string): string => issuer.replace(/^https:\/\//, "");

/**
 * Pipelines of exactly these projects act as the role, on the protected branch that each has. AWS looks at the subject and
 * the audience alone; a star would also stand for other projects, and for the colons between the parts of a subject.
 */
export function pushTrust({ place, issuer }: TokenIssuer, projects: readonly string[]): PolicyDocument {
  const host = issuerHost(issuer);
  return document({
    Sid: "Pipelines",
    Effect: "Allow",
    Principal: { Federated: providerArn(place, host) },
    Action: ["sts:AssumeRoleWithWebIdentity"],
    Condition: {
      StringEquals: {
        [`${host}:aud`]: webIdentityAudience,
        [`${host}:sub`]: [...projects]
          .sort()
          .map((project) => `project_path:${project}:ref_type:branch:ref:${pushBranch}`),
      },
    },
  });
}

/** The role's ARN, which pipelines name; `tenant` may be a variable of their shell. */
export const pushRoleArn = (place: AwsPlace, estate: string, tenant: string): string =>
  roleArn(place, pushRoleName(estate, tenant));

/** What a repository lets go, in ECR's own form: images without a tag after some days, and all but the newest. */
export function lifecycleRules(keep: number, untaggedDays: number): object {
  return {
    rules: [
      {
        rulePriority: 1,
        description: `Without a tag: ${String(untaggedDays)} days`,
        selection: {
          tagStatus: "untagged",
          countType: "sinceImagePushed",
          countUnit: "days",
          countNumber: untaggedDays,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 2,
        description: `The newest ${String(keep)}`,
        // ECR wants the rule for any image to come last.
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: keep },
        action: { type: "expire" },
      },
    ],
  };
}
