import { level } from "../access/levels";
import { canReadCode, canSeeProject, projectLevel } from "../access/rights";
import { byAccessToken, byDeployToken, byJobToken, type Principal } from "../access/tokens";
import { Refusal } from "../http/refusal";
import type { Instance } from "../instance";
import type { DeployToken, Job, Project, State } from "../model";
import { deletionMark, findProject, lineage, projectById, projectPath } from "../namespaces";

/** What a git client wants. */
export type Service = "git-upload-pack" | "git-receive-pack";

const text = (status: number, body: string, headers: Record<string, string> = {}): Refusal =>
  new Refusal(status, body, headers);

const denied = (): Refusal =>
  text(
    401,
    "HTTP Basic: Access denied. If a password was provided for Git authentication, the password was incorrect or you're required to use a token instead of a password. If a token was provided, it was either incorrect, expired, or improperly scoped.",
    { "WWW-Authenticate": 'Basic realm="GitLab"' },
  );

const hidden = (): Refusal =>
  text(404, "The project you were looking for could not be found or you don't have permission to view it.");

const noPush = (): Refusal => text(403, "You are not allowed to push code to this project.");

/** Who a git client is, by Basic authentication; undefined when it sent no credential. */
export function gitPrincipal(gitlab: Instance, authorization: string | undefined): Principal | undefined {
  if (authorization === undefined) return undefined;
  const [scheme = "", credential = ""] = authorization.split(" ");
  if (scheme.toLowerCase() === "bearer") {
    const bearer = byAccessToken(gitlab.state, credential);
    if (bearer === undefined) throw denied();
    return bearer;
  }
  const pair = Buffer.from(credential, "base64").toString("utf8");
  const at = pair.indexOf(":");
  if (scheme.toLowerCase() !== "basic" || at < 0) throw denied();
  const [username, password] = [pair.slice(0, at), pair.slice(at + 1)];
  if (username === "" && password === "") return undefined;
  const principal = username.endsWith("-ci-token")
    ? byJobToken(gitlab.state, password)
    : (byAccessToken(gitlab.state, password) ?? byDeployToken(gitlab.state, username, password));
  if (principal === undefined) throw denied();
  return principal;
}

/** The project behind a repository's path, if this principal may do this with it; else what GitLab answers. */
export function repositoryFor(
  gitlab: Instance,
  path: string,
  service: Service,
  principal: Principal | undefined,
): Project {
  const { state } = gitlab;
  const project = /^\d+$/.test(path) ? undefined : findProject(state, path);
  if (principal === undefined) {
    if (project?.visibility === "public" && service === "git-upload-pack") return project;
    throw denied();
  }
  if (principal.kind === "deploy-token") return forDeployToken(state, project, service, principal.token);
  if (project === undefined || !canSeeProject(state, principal.user, project)) throw hidden();
  if (principal.kind === "job") checkJobToken(state, principal.job, project, service);
  else checkScope(principal.token.scopes, service);
  if (!canReadCode(state, principal.user, project)) {
    throw text(403, "You are not allowed to download code from this project.");
  }
  if (service === "git-receive-pack") {
    const closed = project.archived || deletionMark(state, project) !== null;
    if (closed || projectLevel(state, principal.user, project) < level.developer) throw noPush();
  }
  return project;
}

function checkScope(scopes: readonly string[], service: Service): void {
  const wanted =
    service === "git-upload-pack" ? ["api", "read_repository", "write_repository"] : ["api", "write_repository"];
  if (wanted.some((scope) => scopes.includes(scope))) return;
  // A token that may read but not write is known: it is told so. One without any such scope is no credential for git.
  if (scopes.includes("read_repository")) throw noPush();
  throw denied();
}

/** A deploy token opens its own project, or its group's projects, and is nobody anywhere else. */
function forDeployToken(state: State, project: Project | undefined, service: Service, token: DeployToken): Project {
  if (project === undefined || !reaches(state, token, project) || !token.scopes.includes("read_repository")) {
    throw denied();
  }
  if (service === "git-receive-pack") throw noPush();
  return project;
}

const reaches = (state: State, token: DeployToken, project: Project): boolean =>
  token.source === "project"
    ? token.sourceId === project.id
    : lineage(state, project.namespaceId).some((group) => group.id === token.sourceId);

/** A job's token opens its own project; another one only if that one allows it. */
function checkJobToken(state: State, job: Job, project: Project, service: Service): void {
  if (service === "git-receive-pack") {
    const allowed = project.settings["ci_push_repository_for_job_token_allowed"] === true;
    if (job.projectId !== project.id || !allowed) throw noPush();
    return;
  }
  if (job.projectId === project.id || project.visibility !== "private") return;
  const from = projectById(state, job.projectId);
  if (from !== undefined && allowsJobsOf(state, project, from)) return;
  const source = from === undefined ? "a removed project" : projectPath(state, from);
  throw text(403, `Authentication by CI/CD job token not allowed from ${source} to ${projectPath(state, project)}.`);
}

/** Whether a project's allowlists let in the jobs of another. */
export function allowsJobsOf(state: State, project: Project, from: Project): boolean {
  const scope = state.jobTokenScopes.find((each) => each.projectId === project.id);
  if (scope?.enabled === false) return true;
  const groups = new Set(lineage(state, from.namespaceId).map((group) => group.id));
  return scope !== undefined && (scope.projects.includes(from.id) || scope.groups.some((id) => groups.has(id)));
}
