import type { GitLabClient, JsonObject } from "@estate/clients";
import { text, type Found } from "./found";

/** How GitLab renames what it will remove: the path is free from then on. */
const scheduled = /-deletion_scheduled-\d+$/;

/** A group or project below the parent. */
interface Place {
  readonly kind: "Group" | "Project";
  /** Full path. */
  readonly path: string;
  /** Where it is in the API. */
  readonly api: string;
  readonly tenant: string;
  readonly marked: boolean;
}

function placesOf(kind: Place["kind"], rows: readonly JsonObject[], parent: string): Place[] {
  return rows.map((row) => {
    const path = text(row[kind === "Group" ? "full_path" : "path_with_namespace"]);
    const [tenant = ""] = path.slice(parent.length + 1).split("/");
    return {
      kind,
      path,
      api: `${kind.toLowerCase()}s/${String(row["id"])}`,
      tenant: tenant.replace(scheduled, ""),
      marked: isMarked(row),
    };
  });
}

const isMarked = (row: JsonObject): boolean => (row["marked_for_deletion_on"] ?? null) !== null;

const at = (place: Place, kind: string, name: unknown): Found => ({
  tenant: place.tenant,
  plane: "gitlab",
  where: place.path,
  what: `${kind} ${String(name)}`,
});

/** Who and what gets in: counted as long as the server has it, whatever becomes of the group or project. */
async function access(place: Place, gitlab: GitLabClient): Promise<Found[]> {
  const rows = (what: string): Promise<readonly JsonObject[]> => gitlab.list(`${place.api}/${what}`);
  const [own, members, deployTokens, accessTokens, hooks] = await Promise.all([
    gitlab.read(`${place.api}?with_projects=false`),
    rows("members"),
    rows("deploy_tokens"),
    rows("access_tokens"),
    // Hooks of groups are not for every licence.
    place.kind === "Project" ? rows("hooks") : [],
  ]);
  const shares = own?.["shared_with_groups"];
  return [
    ...(Array.isArray(shares) ? (shares as JsonObject[]) : []).map((row) => at(place, "Share", row["group_full_path"])),
    ...members.map((row) => at(place, "Member", row["username"])),
    ...deployTokens.filter((row) => row["revoked"] !== true).map((row) => at(place, "DeployToken", row["name"])),
    ...accessTokens.filter((row) => row["revoked"] !== true).map((row) => at(place, "AccessToken", row["name"])),
    // The host alone: the path is as good as the token.
    ...hooks.map((row) => at(place, "Hook", new URL(text(row["url"])).host)),
  ];
}

async function content(place: Place, gitlab: GitLabClient): Promise<Found[]> {
  if (place.kind === "Group") return [];
  const [branches, tree] = await Promise.all([
    gitlab.list(`${place.api}/protected_branches`),
    gitlab.list(`${place.api}/repository/tree?recursive=true`),
  ]);
  return [
    ...branches.map((row) => at(place, "ProtectedBranch", row["name"])),
    ...tree.filter(({ type }) => type === "blob").map((row) => at(place, "File", row["path"])),
  ];
}

/**
 * What an estate has in GitLab below its parent group (its path, or its number), asked of the server. What is marked for
 * deletion is gone as far as GitLab says so: it has lost its path and takes no push, and only an owner can bring it back
 * until the server removes it. So a marked group or project and its files do not count, and what opens it does.
 */
export async function gitlabInventory(parent: string | number, gitlab: GitLabClient): Promise<Found[]> {
  const api = `groups/${encodeURIComponent(parent)}`;
  const top = await gitlab.read(`${api}?with_projects=false`);
  if (top === undefined) return [];
  const path = text(top["full_path"]);
  const places = [
    ...placesOf("Group", await gitlab.list(`${api}/descendant_groups`), path),
    ...placesOf("Project", await gitlab.list(`${api}/projects?include_subgroups=true`), path),
  ];
  const marked = places.filter((place) => place.marked).map((place) => `${place.path}/`);
  const isGone = (place: Place): boolean => isMarked(top) || marked.some((gone) => `${place.path}/`.startsWith(gone));
  const found: Found[] = [];
  // One after the other: a server that others work with is not asked hundreds of things at once.
  for (const place of places) {
    if (!isGone(place))
      found.push(at(place, place.kind, place.path.split("/").at(-1)), ...(await content(place, gitlab)));
    found.push(...(await access(place, gitlab)));
  }
  return found;
}
