import { pushRoleArn } from "../../model/aws/images";
import { partitionOf } from "../../model/aws/regions";
import { webIdentityAudience } from "../../model/aws/trust";
import type { EcrFacts } from "../../model/home";
import { block, curl, field } from "./vault";

/**
 * What a job begins with that pushes to ECR: GitLab's signature on its project and branch makes it the tenant's role, for an
 * hour, and the role logs in to the registry. No secret is kept anywhere. AWS holds the list of projects, so a wrong guess is
 * refused. Needs curl and sed, as `vaultJob` does; secrets go by standard input, since anybody on the runner reads arguments.
 */
export function ecrJob(estate: string, { place }: EcrFacts): string {
  const { region } = place;
  const domain = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `.ecr: &ecr
  id_tokens:
    AWS_ID_TOKEN: { aud: ${webIdentityAudience} }
  before_script:
${block(4, [
  'tenant="$(basename "$CI_PROJECT_NAMESPACE")"',
  ...field,
  `session="$(printf '%s' "$AWS_ID_TOKEN" | ${curl} --header 'Accept: application/json' \\`,
  "  --data Action=AssumeRoleWithWebIdentity --data Version=2011-06-15 --data DurationSeconds=3600 \\",
  `  --data "RoleSessionName=pipeline-$CI_PIPELINE_ID" --data-urlencode "RoleArn=${pushRoleArn(place, estate, "$tenant")}" \\`,
  `  --data-urlencode WebIdentityToken@- https://sts.${region}.${domain}/)"`,
  `part() { printf '%s' "$session" | field "$1"; }`,
  "# curl signs the request, and reads what it signs with as settings.",
  `answer="$(printf 'user = "%s:%s"\\nheader = "X-Amz-Security-Token: %s"\\n' "$(part AccessKeyId)" "$(part SecretAccessKey)" "$(part SessionToken)" \\`,
  `  | ${curl} --config - --aws-sigv4 aws:amz:${region}:ecr --header 'Content-Type: application/x-amz-json-1.1' \\`,
  "  --header 'X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken' --data '{}' \\",
  `  https://api.ecr.${region}.${domain}/)"`,
  "password() { printf '%s' \"$answer\" | field authorizationToken | base64 -d | cut -d : -f 2; }",
])}`;
}
