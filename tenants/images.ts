import { mistake } from "../config/mistake";
import type { Settings } from "../config/schema";
import type { Features } from "../config/settings";
import { pushTrust, trustLength } from "../model/aws/images";
import { policyText } from "../model/aws/policy";
import { projectPath } from "../model/names";
import type { Problem } from "../model/problem";
import type { ReadableEntry } from "./entry";

/** Whether IAM takes the list of all projects that push: the trust of a role has a most. */
export function checkImages(
  { name, tenant, source }: ReadableEntry,
  settings: Settings,
  features: Features,
): Problem[] {
  const { aws, gitlab, registry } = settings;
  if (registry.kind !== "ecr" || aws === undefined) return [];
  const place = { region: aws.region, account: aws.account };
  // GitLab's address may come from a variable, which is not read here; its own setting is nearly as long.
  const issuer = registry.issuer ?? gitlab.url ?? `https://${settings.domain}`;
  return features.flatMap(({ key, schema, images }) => {
    const pushed = images?.(schema?.parse((tenant as Readonly<Record<string, unknown>>)[key])) ?? [];
    const projects = pushed.map(({ project }) => projectPath(gitlab.parent, name, project));
    const { length } = policyText(pushTrust({ place, issuer }, projects));
    if (projects.length === 0 || length <= trustLength) return [];
    return [
      mistake(
        "A035",
        source.placeOf([key], "key"),
        `${String(projects.length)} projects that push images make a trust of ${String(length)} characters, and IAM takes ${String(trustLength)}`,
        "divide the tenant, or let one project's pipeline push several images",
      ),
    ];
  });
}
