import { randomUUID } from "node:crypto";

import { admin, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { projectLevel, projectMemberLevel } from "../access/rights";
import { digest, mint } from "../access/tokens";
import { canMerge, canPush, isAllowed, protectionsOf, tagProtectionsOf } from "../git/protection";
import { noObject } from "../git/repositories";
import { created, ok, type Reply } from "../http/reply";
import { invalid, notFound, unauthorized } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Job, Project, User } from "../model";
import { groupById, groupPath, namespacePath, projectById, projectPath } from "../namespaces";
import { userBody } from "../api/users";
import { visibleVariables } from "./visible-variables";

const jobSeconds = 3600;
const idTokenSeconds = 300;

/** Who may start a pipeline on a ref: on a protected one, whoever may push or merge there. */
function mayRunOn(call: Call, project: Project, user: User, ref: string, refType: "branch" | "tag"): boolean {
  if (projectLevel(call.state, user, project) < level.developer) return false;
  if (refType === "branch") {
    return canPush(call.state, project, user, ref) || canMerge(call.state, project, user, ref);
  }
  const protections = tagProtectionsOf(call.state, project, ref);
  return protections.length === 0 || protections.some((each) => isAllowed(call.state, project, user, each.create));
}

/** The claims of GitLab's ID tokens; numbers of the instance are texts there. */
function claims(
  call: Call,
  facts: {
    readonly project: Project;
    readonly user: User;
    readonly job: Job;
    readonly sha: string;
    readonly isProtected: boolean;
    readonly environment: string | undefined;
    readonly aud: string | readonly string[];
  },
): Record<string, unknown> {
  const { project, user, job } = facts;
  const path = projectPath(call.state, project);
  const seconds = Math.floor(Date.now() / 1000);
  const values: Record<string, string> = { project_path: path, ref_type: job.refType, ref: job.ref };
  const wanted = project.settings["ci_id_token_sub_claim_components"];
  const components: unknown[] = Array.isArray(wanted) ? wanted : ["project_path", "ref_type", "ref"];
  return {
    namespace_id: String(project.namespaceId),
    namespace_path: namespacePath(call.state, project.namespaceId),
    project_id: String(project.id),
    project_path: path,
    user_id: String(user.id),
    user_login: user.username,
    user_email: user.email,
    user_access_level: accessName(user.admin ? level.owner : projectMemberLevel(call.state, user.id, project)),
    pipeline_id: String(job.id),
    pipeline_source: "push",
    job_id: String(job.id),
    ref: job.ref,
    ref_type: job.refType,
    ref_path: `refs/${job.refType === "tag" ? "tags" : "heads"}/${job.ref}`,
    ref_protected: String(facts.isProtected),
    ...(facts.environment === undefined
      ? {}
      : { environment: facts.environment, environment_protected: "false", deployment_tier: "other" }),
    groups_direct: directGroups(call, user),
    runner_id: 1,
    runner_environment: "self-hosted",
    sha: facts.sha,
    project_visibility: project.visibility,
    jti: randomUUID(),
    iat: seconds,
    nbf: seconds - 5,
    exp: seconds + idTokenSeconds,
    iss: call.gitlab.url,
    sub: components.map((name) => `${String(name)}:${values[String(name)] ?? ""}`).join(":"),
    aud: facts.aud,
  };
}

const directGroups = (call: Call, user: User): string[] =>
  call.state.members
    .filter((each) => each.source === "group" && each.userId === user.id)
    .flatMap((each) => groupById(call.state, each.sourceId) ?? [])
    .map((group) => groupPath(call.state, group));

const accessName = (has: number): string =>
  Object.entries(level).find(([, value]) => value === has)?.[0] ?? "developer";

async function start(call: Call): Promise<Reply> {
  const starter = admin(call);
  const { params, state, gitlab } = call;
  const project = projectOf(call, level.none, params.filledText("project"));
  const ref = params.text("ref") ?? project.defaultBranch;
  const refType = params.choice("ref_type", ["branch", "tag"]) ?? "branch";
  const named = params.text("user");
  const user =
    named === undefined ? starter : state.users.find((each) => [each.username, String(each.id)].includes(named));
  if (user === undefined) throw notFound("User");
  const sha = (await gitlab.repositories.refs(project, refType === "tag" ? "tags" : "heads")).get(ref);
  if (sha === undefined) throw invalid({ base: ["Reference not found"] });
  if (!mayRunOn(call, project, user, ref, refType)) {
    throw invalid({
      base: [
        `You do not have sufficient permission to run a pipeline on '${ref}'. Please select a different branch or contact your administrator for assistance.`,
      ],
    });
  }
  const environment = params.text("environment");
  const protections = refType === "tag" ? tagProtectionsOf(state, project, ref) : protectionsOf(state, project, ref);
  const isProtected = protections.length > 0;
  const secret = mint("glcbt");
  const job: Job = {
    id: gitlab.store.next("job"),
    projectId: project.id,
    userId: user.id,
    ref,
    refType,
    expiresAt: new Date(Date.now() + jobSeconds * 1000).toISOString(),
    digest: digest(secret),
  };
  // Ended ones are of no more use to anybody.
  state.jobs = [...state.jobs.filter((each) => each.expiresAt > new Date().toISOString()), job];
  const audiences = params.texts("aud") ?? [gitlab.url];
  const aud = audiences.length === 1 ? (audiences[0] ?? gitlab.url) : audiences;
  const found = claims(call, { project, user, job, sha, isProtected, environment, aud });
  const variables = [
    ...predefined(call, project, { job, user, sha, isProtected, environment }),
    ...visibleVariables(state, project, { isProtected, environment }).map((each) => ({
      key: each.key,
      value: each.value,
      masked: each.masked,
      variable_type: each.variableType,
    })),
    { key: "CI_JOB_TOKEN", value: secret, masked: true, variable_type: "env_var" },
  ];
  return created({ id: job.id, id_token: gitlab.signingKey.token(found), claims: found, job_token: secret, variables });
}

function predefined(
  call: Call,
  project: Project,
  {
    job,
    user,
    sha,
    isProtected,
    environment,
  }: {
    readonly job: Job;
    readonly user: User;
    readonly sha: string;
    readonly isProtected: boolean;
    readonly environment: string | undefined;
  },
): Record<string, unknown>[] {
  const path = projectPath(call.state, project);
  const values: Record<string, string> = {
    CI: "true",
    GITLAB_CI: "true",
    CI_SERVER_URL: call.gitlab.url,
    CI_SERVER_HOST: "127.0.0.1",
    CI_API_V4_URL: `${call.gitlab.url}/api/v4`,
    CI_PROJECT_ID: String(project.id),
    CI_PROJECT_NAME: project.path,
    CI_PROJECT_PATH: path,
    CI_PROJECT_NAMESPACE: namespacePath(call.state, project.namespaceId),
    CI_PROJECT_URL: `${call.gitlab.url}/${path}`,
    CI_REPOSITORY_URL: `${call.gitlab.url}/${path}.git`,
    CI_DEFAULT_BRANCH: project.defaultBranch,
    CI_COMMIT_SHA: sha === "" ? noObject : sha,
    CI_COMMIT_SHORT_SHA: sha.slice(0, 8),
    CI_COMMIT_REF_NAME: job.ref,
    CI_COMMIT_REF_PROTECTED: String(isProtected),
    [job.refType === "tag" ? "CI_COMMIT_TAG" : "CI_COMMIT_BRANCH"]: job.ref,
    CI_JOB_ID: String(job.id),
    CI_PIPELINE_ID: String(job.id),
    CI_PIPELINE_IID: String(job.id),
    GITLAB_USER_LOGIN: user.username,
    GITLAB_USER_NAME: user.name,
    GITLAB_USER_EMAIL: user.email,
    CI_PIPELINE_SOURCE: "push",
    ...(environment === undefined ? {} : { CI_ENVIRONMENT_NAME: environment }),
  };
  return Object.entries(values).map(([key, value]) => ({ key, value, masked: false, variable_type: "env_var" }));
}

/**
 * What the real server has no address for: `POST /-/stand-in/jobs` (administrators) makes up the identity of a CI job. It
 * starts nothing, and answers what the job would hold: an ID token, a job token and the variables it could see.
 */
export const jobs: readonly Route[] = [
  { method: "POST", pattern: "-/stand-in/jobs", handle: start },
  {
    method: "GET",
    pattern: "job",
    scopes: ["job"],
    handle: (call) => {
      if (call.principal?.kind !== "job") throw unauthorized();
      const { job, user } = call.principal;
      const project = projectById(call.state, job.projectId);
      return ok({
        id: job.id,
        status: "running",
        ref: job.ref,
        tag: job.refType === "tag",
        user: userBody(call.gitlab, user),
        project:
          project === undefined ? null : { id: project.id, path_with_namespace: projectPath(call.state, project) },
      });
    },
  },
];
