import { admin, groupOf, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { digest, mint } from "../access/tokens";
import { now } from "../clock";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { badParameter, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { DeployToken, SourceKind } from "../model";

const scopes: readonly string[] = [
  "read_repository",
  "read_registry",
  "write_registry",
  "read_virtual_registry",
  "write_virtual_registry",
  "read_package_registry",
  "write_package_registry",
];

function body(token: DeployToken, secret?: string): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    username: token.username,
    expires_at: token.expiresAt,
    scopes: token.scopes,
    revoked: token.revoked,
    expired: token.expiresAt !== null && token.expiresAt <= now(),
    ...(secret === undefined ? {} : { token: secret }),
  };
}

const sourceId = (call: Call, kind: SourceKind): number =>
  kind === "group" ? groupOf(call, level.owner).id : projectOf(call, level.maintainer).id;

const tokensOf = (call: Call, kind: SourceKind): DeployToken[] => {
  const id = sourceId(call, kind);
  return call.state.deployTokens.filter((token) => token.source === kind && token.sourceId === id);
};

function create(call: Call, kind: SourceKind): Reply {
  const source = sourceId(call, kind);
  const { params, gitlab } = call;
  const name = params.filledText("name");
  const wanted = params.texts("scopes");
  if (wanted === undefined) throw badParameter("scopes is missing");
  if (wanted.some((scope) => !scopes.includes(scope))) throw badParameter("scopes does not have a valid value");
  if (wanted.length === 0) throw invalid("Scopes can't be blank");
  const username = params.text("username") ?? "";
  if (username !== "" && !/^[\w.+\-:]+$/.test(username)) {
    throw invalid("Username can contain only letters, digits, '_', '-', '+', and '.'");
  }
  const expiresAt = params.moment("expires_at") ?? null;
  const secret = mint("gldt");
  const id = gitlab.store.next("deploy_token");
  const token: DeployToken = {
    id,
    source: kind,
    sourceId: source,
    name,
    username: username === "" ? `gitlab+deploy-token-${String(id)}` : username,
    scopes: scopes.filter((scope) => wanted.includes(scope)),
    expiresAt,
    revoked: false,
    digest: digest(secret),
  };
  call.state.deployTokens.push(token);
  return created(body(token, secret));
}

function wanted(call: Call, kind: SourceKind): DeployToken {
  const found = tokensOf(call, kind).find((token) => token.id === Number(call.path["token_id"]));
  if (found === undefined) throw notFound();
  return found;
}

function list(call: Call, tokens: readonly DeployToken[]): Reply {
  const active = call.params.flag("active");
  const bodies = tokens
    .map((token) => body(token))
    .filter((each) => active === undefined || active === !(each["revoked"] === true || each["expired"] === true));
  return page(call.params, bodies, call.address);
}

const routesOf = (kind: SourceKind): readonly Route[] => {
  const at = `${kind}s/:id/deploy_tokens`;
  return [
    { method: "GET", pattern: at, handle: (call) => list(call, tokensOf(call, kind)) },
    { method: "POST", pattern: at, handle: (call) => create(call, kind) },
    { method: "GET", pattern: `${at}/:token_id`, handle: (call) => ok(body(wanted(call, kind))) },
    {
      method: "DELETE",
      pattern: `${at}/:token_id`,
      handle: (call) => {
        const token = wanted(call, kind);
        call.state.deployTokens = call.state.deployTokens.filter((each) => each !== token);
        return noContent();
      },
    },
  ];
};

/** Deploy tokens of projects and groups. */
export const deployTokens: readonly Route[] = [
  ...routesOf("project"),
  ...routesOf("group"),
  {
    method: "GET",
    pattern: "deploy_tokens",
    handle: (call) => {
      admin(call);
      return list(call, call.state.deployTokens);
    },
  },
];
