import { ConnectionError, GitLabClient, isRecord } from "@estate/clients";
import type { EstateFacts } from "../../model/home";
import { clockProblems, lifeProblems, only, problem, reason, type Findings } from "./finding";

/** GitLab's number of an owner of a group: who makes groups and tokens in it. */
const owner = 50;

/** Whether GitLab is there, and this token enough. */
export async function checkGitLab({ gitlab: settings }: EstateFacts, token: string | undefined): Promise<Findings> {
  const place = `GitLab (${settings.url})`;
  if (token === undefined)
    return only(
      problem("F032", place, "GITLAB_TOKEN is not set", "export a token of scope api whose user owns the parent group"),
    );
  const client = new GitLabClient(settings.url, token);
  try {
    const own = await client.request("GET", "personal_access_tokens/self");
    const now = Date.now();
    if (own.status === 401)
      return only(problem("F033", place, "the token is refused (401)", "make a new one, and export GITLAB_TOKEN"));
    // A token of OAuth or of a job knows nothing of itself here.
    const told = isRecord(own.body) && own.status === 200 ? own.body : {};
    const [user, version] = await Promise.all([client.request("GET", "user"), client.request("GET", "version")]);
    if (user.status >= 400)
      return only(
        problem(
          "F034",
          place,
          `the token may not read its own user (${String(user.status)})`,
          "make one of scope api, and export GITLAB_TOKEN",
        ),
      );
    const person = isRecord(user.body) ? user.body : {};
    const expires = typeof told["expires_at"] === "string" ? told["expires_at"] : undefined;
    const scopes: unknown = told["scopes"];
    const noScope = Array.isArray(scopes) && !scopes.includes("api");
    const seen = isRecord(version.body) ? String(version.body["version"]) : "unknown version";
    return {
      checks: [
        {
          what: place,
          seen: `${seen}, as ${String(person["username"])}, token ${expires === undefined ? "does not tell when it ends" : `until ${expires}`}`,
        },
      ],
      problems: [
        ...(noScope
          ? [
              problem(
                "F034",
                place,
                `the token's scopes are ${scopes.join(", ")}`,
                "make one of scope api, and export GITLAB_TOKEN",
              ),
            ]
          : await parentProblems(client, settings, person, place)),
        ...lifeProblems(
          "F035",
          place,
          "the token",
          expires === undefined ? undefined : new Date(`${expires}T00:00:00Z`),
          now,
        ),
        ...clockProblems(place, own.date, now),
      ],
    };
  } catch (error) {
    const cause = error instanceof ConnectionError ? "unreachable" : "does not answer as GitLab does";
    return only(problem("F031", place, `${cause}: ${reason(error)}`, "check GITLAB_BASE_URL, the network and GitLab"));
  } finally {
    client.close();
  }
}

/** Whether this user may make groups in the parent, or the parent itself. */
async function parentProblems(
  client: GitLabClient,
  { parent, parentId }: EstateFacts["gitlab"],
  person: Readonly<Record<string, unknown>>,
  place: string,
) {
  if (person["is_admin"] === true) return [];
  const group = await client.read(`groups/${encodeURIComponent(parentId ?? parent)}?with_projects=false`);
  const who = `user ${String(person["username"])}`;
  if (group === undefined)
    return parentId !== undefined || person["can_create_group"] === false
      ? [
          problem(
            "F036",
            place,
            `there is no group ${String(parentId ?? parent)} that ${who} sees, and ${who} may make none`,
            "make it, and make that user its owner",
          ),
        ]
      : [];
  const member = await client.read(`groups/${String(group["id"])}/members/all/${String(person["id"])}`);
  return Number(member?.["access_level"] ?? 0) >= owner
    ? []
    : [problem("F036", place, `${who} does not own group ${String(group["full_path"])}`, "make that user its owner")];
}
