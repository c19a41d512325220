import { admin, caller } from "../access/guards";
import { digest, isLive, mint, readExpiry } from "../access/tokens";
import { now } from "../clock";
import { created, noContent, ok, page } from "../http/reply";
import { badParameter, badRequest, notFound, unauthorized } from "../http/refusal";
import type { Call, Instance, Route } from "../instance";
import type { AccessToken, User } from "../model";
import { userById } from "../namespaces";

/** The scopes a personal access token can have. */
export const personalScopes: readonly string[] = [
  "api",
  "read_api",
  "read_user",
  "read_repository",
  "write_repository",
  "read_registry",
  "write_registry",
  "create_runner",
  "manage_runner",
  "ai_features",
  "k8s_proxy",
  "self_rotate",
  "sudo",
  "admin_mode",
];

/** An access token as the API tells it; with its secret only when it was just made. */
export function tokenBody(token: AccessToken, secret?: string): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    revoked: token.revoked,
    created_at: token.createdAt,
    description: token.description,
    scopes: token.scopes,
    user_id: token.userId,
    last_used_at: null,
    active: isLive(token),
    expires_at: token.expiresAt,
    ...(secret === undefined ? {} : { token: secret }),
  };
}

/** Reads the scopes of a token that is to be made. */
export function readScopes(call: Call, allowed: readonly string[]): string[] {
  const scopes = call.params.texts("scopes");
  if (scopes === undefined) throw badParameter("scopes is missing");
  if (scopes.some((scope) => !allowed.includes(scope))) throw badParameter("scopes does not have a valid value");
  if (scopes.length === 0) throw badRequest("Scopes can't be blank");
  return scopes;
}

/** Makes a token; its secret is told once. */
export function makeToken(
  gitlab: Instance,
  values: Omit<AccessToken, "id" | "createdAt" | "revoked" | "digest">,
): { token: AccessToken; secret: string } {
  const secret = mint("glpat");
  const token: AccessToken = {
    ...values,
    id: gitlab.store.next("access_token"),
    createdAt: now(),
    revoked: false,
    digest: digest(secret),
  };
  gitlab.state.tokens.push(token);
  return { token, secret };
}

/** Replaces a token: the old one ends at once, the new one has another id. */
export function rotate(call: Call, token: AccessToken): { token: AccessToken; secret: string } {
  if (!isLive(token)) throw badRequest("Token already revoked");
  const expiresAt = readExpiry(call.params, 7);
  token.revoked = true;
  return makeToken(call.gitlab, { ...token, expiresAt });
}

function ownToken(call: Call): AccessToken {
  const user = caller(call);
  const id = call.path["token_id"] ?? "";
  if (id === "self") {
    if (call.principal?.kind !== "user") throw unauthorized();
    return call.principal.token;
  }
  const token = call.state.tokens.find((each) => each.id === Number(id));
  if (token === undefined) throw user.admin ? notFound() : unauthorized();
  if (!user.admin && token.userId !== user.id) throw unauthorized();
  return token;
}

function createFor(call: Call, user: User): ReturnType<typeof makeToken> {
  return makeToken(call.gitlab, {
    userId: user.id,
    source: "user",
    sourceId: user.id,
    name: call.params.filledText("name"),
    description: call.params.text("description") ?? null,
    scopes: readScopes(call, personalScopes),
    expiresAt: readExpiry(call.params, 365),
  });
}

/** Personal access tokens. */
export const personalTokens: readonly Route[] = [
  {
    method: "GET",
    pattern: "personal_access_tokens",
    handle: (call) => {
      const user = caller(call);
      const wanted = call.params.integer("user_id");
      const tokens = call.state.tokens.filter(
        (token) => (user.admin || token.userId === user.id) && (wanted === undefined || token.userId === wanted),
      );
      return page(
        call.params,
        tokens.map((token) => tokenBody(token)),
        call.address,
      );
    },
  },
  {
    method: "GET",
    pattern: "personal_access_tokens/:token_id",
    scopes: ["read_user", "self_rotate", "read_repository", "write_repository"],
    handle: (call) => ok(tokenBody(ownToken(call))),
  },
  {
    method: "POST",
    pattern: "users/:id/personal_access_tokens",
    handle: (call) => {
      admin(call);
      const user = userById(call.state, Number(call.path["id"]));
      if (user === undefined) throw notFound("User");
      const { token, secret } = createFor(call, user);
      return created(tokenBody(token, secret));
    },
  },
  {
    method: "POST",
    pattern: "personal_access_tokens/:token_id/rotate",
    scopes: ["self_rotate"],
    handle: (call) => {
      const { token, secret } = rotate(call, ownToken(call));
      return ok(tokenBody(token, secret));
    },
  },
  {
    method: "DELETE",
    pattern: "personal_access_tokens/:token_id",
    handle: (call) => {
      const token = ownToken(call);
      if (token.revoked) throw badRequest("Token already revoked");
      token.revoked = true;
      return noContent();
    },
  },
];
