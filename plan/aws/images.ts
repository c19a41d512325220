import type { Settings } from "../../config/schema";
import { roleArn } from "../../model/aws/arns";
import { ecrHost, lifecycleRules, pullPolicy, pushPolicy, pushRoleName, pushTrust } from "../../model/aws/images";
import { roleName } from "../../model/aws/names";
import type { PolicyDocument } from "../../model/aws/policy";
import type { RegistryProject } from "../../model/capability";
import type { EcrFacts } from "../../model/home";
import type { RolePlan } from "./roles";

/** One repository of a tenant. */
export interface RepositoryPlan {
  /** The whole name: `acme/payments/checkout`. */
  readonly name: string;
  /** The same below the tenant's part. */
  readonly image: string;
}

/** What a tenant has in ECR. */
export interface TenantImagesPlan {
  readonly repositories: readonly RepositoryPlan[];
  /** What each of them lets go; ECR's form and not IAM's. */
  readonly lifecycle: object;
  /** Who pulls from each of them; absent where no node does. */
  readonly pull?: PolicyDocument;
  /** As whom the tenant's pipelines push; absent for a tenant on its way out, and where there is nothing to push. */
  readonly push?: RolePlan;
}

/** Plans what a tenant has in ECR. */
export function planImages(estate: string, facts: EcrFacts, request: RegistryProject): TenantImagesPlan {
  const { place, issuer, keep, untaggedDays } = facts;
  const images = request.images.flatMap((pushed) => pushed.images);
  const own = request.clusters.flatMap((cluster) => facts.nodes[cluster] ?? []);
  const nodes = [...own, ...facts.otherNodes];
  return {
    repositories: images.map((image) => ({ name: `${request.name}/${image}`, image })),
    lifecycle: lifecycleRules(keep, untaggedDays),
    ...(nodes.length === 0 ? {} : { pull: pullPolicy(place, nodes) }),
    ...(request.credentials && request.images.length > 0
      ? {
          push: {
            name: pushRoleName(estate, request.tenant),
            trust: pushTrust(
              { place, issuer },
              request.images.map(({ project }) => project),
            ),
            managed: [],
            policy: pushPolicy(place, estate, request.tenant),
          },
        }
      : {}),
  };
}

/** What is known of ECR, where images are kept there. `gitlab` is GitLab's URL. */
export function ecrFacts(
  settings: Pick<Settings, "name" | "aws" | "clusters">,
  registry: Extract<Settings["registry"], { kind: "ecr" }>,
  gitlab: string,
): EcrFacts {
  const { name, aws, clusters } = settings;
  if (aws === undefined) throw new RangeError("images in ECR need estate:aws, which config/ has checked");
  const place = { region: aws.region, account: aws.account };
  const { keep, alsoFrom, untaggedDays, key, issuer = gitlab, issuerKnown, nodes } = registry;
  const made = Object.entries(clusters).filter(([, { kind }]) => kind === "eks");
  return {
    kind: "ecr",
    url: `https://${ecrHost(place)}`,
    place,
    keep,
    alsoFrom,
    untaggedDays,
    ...(key === undefined ? {} : { key }),
    issuer,
    issuerKnown,
    nodes: Object.fromEntries(made.map(([cluster]) => [cluster, roleArn(place, roleName(name, cluster, "nodes"))])),
    otherNodes: nodes,
  };
}
