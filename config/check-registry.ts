import type { Problem } from "../model/problem";
import { clustersOfKind } from "./clusters";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

/** Whether AWS can keep the images, and everybody who needs them can pull. Pure. */
export function checkRegistry({ aws, clusters, environments, gitlab, registry }: Settings, places: Places): Problem[] {
  if (registry.kind !== "ecr") return [];
  const { placeOf } = places;
  const kind = placeOf(["registry", "kind"]);
  if (aws === undefined)
    return [
      mistake(
        "A031",
        kind,
        'images in ECR need "estate:aws"',
        "write there the region, the number of the account, and the roles that run Pulumi",
      ),
    ];
  const homes = new Set(Object.values(environments).flatMap((environment) => environment.clusters));
  const strangers = clustersOfKind(clusters, "existing")
    .map(([name]) => name)
    .filter((name) => homes.has(name));
  const nobody =
    strangers.length === 0 || registry.nodes.length > 0
      ? []
      : [
          mistake(
            "A032",
            kind,
            `nodes of ${strangers.join(", ")} have no role by which to pull from ECR that Estate knows`,
            'name the roles of its nodes in "nodes" if it runs on AWS, else keep images in Harbor; docs/aws.md says what a cluster ' +
              "elsewhere would need",
          ),
        ];
  const issuer = registry.issuer ?? gitlab.url;
  const unreached =
    issuer?.startsWith("https://") === false
      ? [
          mistake(
            "A033",
            registry.issuer === undefined ? kind : placeOf(["registry", "issuer"]),
            `AWS takes no identity tokens of ${issuer}: an issuer is reached by https`,
            'write in "issuer" the address at which AWS finds the keys of GitLab',
          ),
        ]
      : [];
  const elsewhere =
    registry.key === undefined || registry.key.includes(`:kms:${aws.region}:`)
      ? []
      : [
          mistake(
            "A034",
            placeOf(["registry", "key"]),
            `the key is not in ${aws.region}, where the images are`,
            "name a key of that region",
          ),
        ];
  return [...nobody, ...unreached, ...elsewhere];
}
