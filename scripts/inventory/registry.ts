import { isRecord, type HarborClient, type JsonObject } from "@estate/clients";
import { registryProject } from "../../model/names";
import { text, type Found } from "./found";

/**
 * What an estate has in Harbor: its projects by their names, and what is in them. Groups that Harbor knows besides are
 * the identity provider's: it keeps one it heard of, for all projects, and nobody gets in by that alone.
 */
export async function registryInventory(estate: string, harbor: HarborClient): Promise<Found[]> {
  const prefix = registryProject(estate, "");
  const projects = await harbor.list(`projects?name=${prefix}`);
  const own = projects.filter(({ name }) => text(name).startsWith(prefix));
  return (await Promise.all(own.map((project) => projectInventory(project, prefix, harbor)))).flat();
}

/** The tags that a rule is about. */
function tagsOf({ tag_selectors: selectors }: JsonObject): string {
  return (Array.isArray(selectors) ? selectors.filter(isRecord) : []).map(({ pattern }) => text(pattern)).join(",");
}

async function projectInventory(project: JsonObject, prefix: string, harbor: HarborClient): Promise<Found[]> {
  const [where, id] = [text(project["name"]), String(project["project_id"])];
  const retention = isRecord(project["metadata"]) ? project["metadata"]["retention_id"] : undefined;
  const [robots, members, rules, repositories] = await Promise.all([
    harbor.list(`robots?q=${encodeURIComponent(`Level=project,ProjectID=${id}`)}`),
    harbor.list(`projects/${id}/members`),
    harbor.list(`projects/${id}/immutabletagrules`),
    harbor.list(`projects/${where}/repositories`),
  ]);
  const found = (kind: string, name: unknown): Found => ({
    tenant: where.slice(prefix.length),
    plane: "registry",
    where,
    what: `${kind} ${String(name)}`,
  });
  return [
    found("Project", where),
    ...robots.map(({ name }) => found("Robot", name)),
    ...members.map((row) => found(row["entity_type"] === "g" ? "GroupMember" : "Member", row["entity_name"])),
    ...(retention === undefined ? [] : [found("Retention", where)]),
    ...rules.map((row) => found("ImmutableTagRule", tagsOf(row))),
    ...repositories.map(({ name }) => found("Repository", name)),
  ];
}
