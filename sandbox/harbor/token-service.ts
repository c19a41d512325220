import type { Harbor } from "./harbor";
import { identify, mayInProject, type Identity } from "./identity";
import { unauthorized } from "./refusal";
import type { Answer } from "./route";
import type { TokenAccess } from "./token";

/** Which right in a project stands behind an action of the registry's protocol. */
const rightOf: Readonly<Record<string, readonly [resource: string, action: string]>> = {
  pull: ["repository", "pull"],
  push: ["repository", "push"],
  delete: ["artifact", "delete"],
};

/** Of the actions asked for in a repository, those that this one may take. */
export function allowedActions(
  harbor: Harbor,
  who: Identity,
  repository: string,
  actions: readonly string[],
): readonly string[] {
  const slash = repository.indexOf("/");
  const project = slash < 1 ? undefined : harbor.project(repository.slice(0, slash), true);
  if (project === undefined) return [];
  const wanted = actions.includes("*") ? Object.keys(rightOf) : actions;
  return wanted.filter((action) => {
    const right = Object.hasOwn(rightOf, action) ? rightOf[action] : undefined;
    return right !== undefined && mayInProject(harbor.state, who, project, ...right);
  });
}

/**
 * `GET /service/token`: what docker, helm and containerd ask for when the registry sends them here. A token holds what of
 * the scopes asked for its holder may do, which may be nothing.
 */
export function answerToken(harbor: Harbor, authorization: string | undefined, query: URLSearchParams): Answer {
  const who = identify(harbor.gate(), authorization);
  const scopes = query.getAll("scope").flatMap((scope) => scope.split(" ").filter((each) => each !== ""));
  // A login asks without a scope: then who is nobody is told so.
  if (who === undefined || (who.kind === "anonymous" && scopes.length === 0)) throw unauthorized();
  const access = scopes.map((scope) => accessFor(harbor, who, scope)).filter((each) => each !== undefined);
  const seconds = Number(harbor.state.settings["token_expiration"]) * 60;
  const subject = who.kind === "anonymous" ? "" : who.name;
  const { token, issuedAt } = harbor.backend.tokens.mint(subject, access, seconds);
  return { status: 200, body: { token, access_token: token, expires_in: seconds, issued_at: issuedAt } };
}

function accessFor(harbor: Harbor, who: Identity, scope: string): TokenAccess | undefined {
  const [type, name, actions] = [
    scope.slice(0, scope.indexOf(":")),
    scope.slice(scope.indexOf(":") + 1, scope.lastIndexOf(":")),
    scope.slice(scope.lastIndexOf(":") + 1).split(","),
  ];
  if (type === "registry" && name === "catalog") {
    return who.kind === "admin" ? { type, name, actions: ["*"] } : undefined;
  }
  if (type !== "repository") return undefined;
  return { type, name, actions: allowedActions(harbor, who, name, actions) };
}
