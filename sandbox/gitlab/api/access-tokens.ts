import { randomBytes } from "node:crypto";

import { caller, groupOf, projectOf } from "../access/guards";
import { level, memberLevels } from "../access/levels";
import { directLevel, groupLevel, projectLevel } from "../access/rights";
import { readExpiry } from "../access/tokens";
import { now } from "../clock";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { badParameter, badRequest, notFound, unauthorized } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { AccessToken, SourceKind } from "../model";
import { makeToken, readScopes, rotate, tokenBody } from "./personal-tokens";
import { makeBot } from "./users";

const scopesOf = (kind: SourceKind): readonly string[] => [
  "api",
  "read_api",
  "read_repository",
  "write_repository",
  "read_registry",
  "write_registry",
  "create_runner",
  "manage_runner",
  "ai_features",
  "k8s_proxy",
  "self_rotate",
  ...(kind === "group" ? ["read_virtual_registry", "write_virtual_registry"] : []),
];

interface Source {
  readonly id: number;
  readonly level: number;
}

function sourceOf(call: Call, kind: SourceKind): Source {
  const user = caller(call);
  if (kind === "group") {
    const group = groupOf(call);
    return { id: group.id, level: groupLevel(call.state, user, group) };
  }
  const project = projectOf(call);
  return { id: project.id, level: projectLevel(call.state, user, project) };
}

const manages = (kind: SourceKind): number => (kind === "group" ? level.owner : level.maintainer);

function body(call: Call, kind: SourceKind, token: AccessToken, secret?: string): Record<string, unknown> {
  return {
    ...tokenBody(token, secret),
    access_level: directLevel(call.state, kind, token.sourceId, token.userId),
    resource_type: kind,
    resource_id: token.sourceId,
  };
}

const tokensOf = (call: Call, kind: SourceKind, id: number): AccessToken[] =>
  call.state.tokens.filter((token) => token.source === kind && token.sourceId === id);

function create(call: Call, kind: SourceKind): Reply {
  const source = sourceOf(call, kind);
  const { params, gitlab, state } = call;
  const name = params.filledText("name");
  const scopes = readScopes(call, scopesOf(kind));
  const accessLevel = params.integer("access_level") ?? level.maintainer;
  if (!memberLevels.includes(accessLevel) || accessLevel < level.guest) {
    throw badParameter("access_level does not have a valid value");
  }
  const user = caller(call);
  // A bot makes no bots: GitLab wants a person's token here.
  if (source.level < manages(kind) || user.bot) {
    throw badRequest(`User does not have permission to create ${kind} access token`);
  }
  if (accessLevel > source.level)
    throw badRequest(`Access level of the token can't be greater the access level of the user who created the token`);
  const expiresAt = readExpiry(params, 365);
  const bot = makeBot(gitlab, `${kind}_${String(source.id)}_bot_${randomBytes(16).toString("hex")}`, name);
  state.members.push({
    source: kind,
    sourceId: source.id,
    userId: bot.id,
    accessLevel,
    expiresAt: null,
    createdAt: now(),
  });
  const { token, secret } = makeToken(gitlab, {
    userId: bot.id,
    source: kind,
    sourceId: source.id,
    name,
    description: params.text("description") ?? null,
    scopes,
    expiresAt,
  });
  return created(body(call, kind, token, secret));
}

function reading(call: Call, kind: SourceKind): Source {
  const source = sourceOf(call, kind);
  if (source.level < manages(kind)) throw unauthorized();
  return source;
}

function wanted(call: Call, kind: SourceKind): AccessToken {
  const source = reading(call, kind);
  const found = tokensOf(call, kind, source.id).find((token) => token.id === Number(call.path["token_id"]));
  if (found === undefined) throw notFound(`${kind} Access Token`);
  return found;
}

/** A token may replace itself, whatever else it may. */
function rotated(call: Call, kind: SourceKind): Reply {
  const own = call.principal?.kind === "user" ? call.principal.token : undefined;
  const itself = call.path["token_id"] === "self" || (own !== undefined && String(own.id) === call.path["token_id"]);
  const old = itself && own?.source === kind ? own : wanted(call, kind);
  const { token, secret } = rotate(call, old);
  return ok(body(call, kind, token, secret));
}

/** The bot goes with its token, and what it was member of with the bot. */
function revoke(call: Call, kind: SourceKind): void {
  const token = wanted(call, kind);
  const { state } = call;
  state.tokens = state.tokens.filter((each) => each.userId !== token.userId);
  state.members = state.members.filter((each) => each.userId !== token.userId);
  state.users = state.users.filter((each) => each.id !== token.userId);
}

const routesOf = (kind: SourceKind): readonly Route[] => {
  const at = `${kind}s/:id/access_tokens`;
  return [
    {
      method: "GET",
      pattern: at,
      handle: (call) => {
        const tokens = tokensOf(call, kind, reading(call, kind).id);
        const state = call.params.choice("state", ["active", "inactive"]);
        const bodies = tokens.map((token) => body(call, kind, token));
        const kept = bodies.filter((each) => state === undefined || each["active"] === (state === "active"));
        return page(call.params, kept, call.address);
      },
    },
    { method: "GET", pattern: `${at}/:token_id`, handle: (call) => ok(body(call, kind, wanted(call, kind))) },
    { method: "POST", pattern: at, handle: (call) => create(call, kind) },
    {
      method: "POST",
      pattern: `${at}/:token_id/rotate`,
      scopes: ["self_rotate"],
      handle: (call) => rotated(call, kind),
    },
    {
      method: "DELETE",
      pattern: `${at}/:token_id`,
      handle: (call) => {
        revoke(call, kind);
        return noContent();
      },
    },
  ];
};

/** Access tokens of projects and groups. */
export const accessTokens: readonly Route[] = [...routesOf("project"), ...routesOf("group")];
