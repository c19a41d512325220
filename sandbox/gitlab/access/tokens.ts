import { createHash, randomBytes } from "node:crypto";

import { dayFromNow, now, today } from "../clock";
import { Refusal } from "../http/refusal";
import type { Params } from "../http/params";
import type { AccessToken, DeployToken, Job, State, User } from "../model";
import { userById } from "../namespaces";

/** A new secret with the prefix GitLab gives its kind. */
export function mint(prefix: "glpat" | "gldt" | "glcbt" | "glrt" | "glptt"): string {
  return `${prefix}-${randomBytes(16).toString("base64url").replaceAll(/[-_]/g, "x").slice(0, 20)}`;
}

/** The registration token that every group and project has, and that its owners see. */
export const mintRunnersToken = (): string => `GR1348941${mint("glrt").slice("glrt-".length)}`;

/** What is kept of a token. Tokens are random, so a plain hash guards them. */
export const digest = (token: string): string => createHash("sha256").update(token).digest("hex");

/** The last day a token may have when it is made today. */
export const maxLifetimeDays = 365;

/** Reads `expires_at` of a token: within a year and not in the past; a default where none was sent. */
export function readExpiry(params: Params, fallbackDays: number): string {
  const day = params.day("expires_at") ?? dayFromNow(fallbackDays);
  if (day > dayFromNow(maxLifetimeDays)) {
    throw new Refusal(400, {
      message: `400 Bad request - Expiration date must be before ${dayFromNow(maxLifetimeDays + 1)}`,
    });
  }
  if (day < today()) throw new Refusal(400, { message: "400 Bad request - Expiration date can't be in the past" });
  return day;
}

/** Whether a token has not ended; it ends at the start of its last day. */
export const isLive = (token: { revoked: boolean; expiresAt: string | null }): boolean =>
  !token.revoked && (token.expiresAt === null || token.expiresAt > (token.expiresAt.length > 10 ? now() : today()));

/** Who calls, and with what. */
export type Principal =
  | { readonly kind: "user"; readonly user: User; readonly token: AccessToken }
  | { readonly kind: "deploy-token"; readonly token: DeployToken }
  | { readonly kind: "job"; readonly user: User; readonly job: Job };

/** Who a personal, project or group access token is; undefined when it holds no more. */
export function byAccessToken(state: State, token: string): Principal | undefined {
  const wanted = digest(token);
  const found = state.tokens.find((each) => each.digest === wanted);
  if (found === undefined || !isLive(found)) return undefined;
  const user = userById(state, found.userId);
  return user === undefined || user.state !== "active" ? undefined : { kind: "user", user, token: found };
}

/** Which deploy token this is. Like GitLab, only together with its username. */
export function byDeployToken(state: State, username: string, token: string): Principal | undefined {
  const wanted = digest(token);
  const found = state.deployTokens.find((each) => each.digest === wanted && each.username === username);
  return found === undefined || !isLive(found) ? undefined : { kind: "deploy-token", token: found };
}

/** Whose job this token belongs to. */
export function byJobToken(state: State, token: string): Principal | undefined {
  const wanted = digest(token);
  const job = state.jobs.find((each) => each.digest === wanted && each.expiresAt > now());
  const user = userById(state, job?.userId ?? null);
  return job === undefined || user === undefined || user.state !== "active" ? undefined : { kind: "job", user, job };
}
