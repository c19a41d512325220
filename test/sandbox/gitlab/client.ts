import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startGitLab, type Edition, type RunningGitLab } from "../../../sandbox/gitlab";

/** The administrator's token of every stand-in under test. */
export const adminToken = "glpat-administrator-0000";

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body read as an object; empty when it was none. */
  readonly body: Record<string, unknown>;
  readonly list: Record<string, unknown>[];
  readonly text: string;
}

/** A stand-in on a folder of its own. */
export interface Rig {
  readonly url: string;
  readonly data: string;
  /** Calls the API; `token` is the administrator's unless said otherwise. */
  call(method: string, path: string, body?: unknown, token?: string | null): Promise<Answer>;
  /** Calls and wants a success; gives the body. */
  done(method: string, path: string, body?: unknown, token?: string): Promise<Record<string, unknown>>;
  /** Ends the process's part and starts it again on the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a stand-in. */
export async function rigOf(edition: Edition = "ce"): Promise<Rig> {
  const data = mkdtempSync(join(tmpdir(), "gitlab-"));
  let running: RunningGitLab = await startGitLab({ port: 0, data, edition, adminToken });
  const { url } = running;
  const call: Rig["call"] = async (method, path, body, token = adminToken) => {
    const answer = await fetch(`${url}${path.startsWith("/") ? "" : "/api/v4/"}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { "PRIVATE-TOKEN": token }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    return {
      status: answer.status,
      headers: answer.headers,
      body: typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {},
      list: Array.isArray(value) ? (value as Record<string, unknown>[]) : [],
      text,
    };
  };
  return {
    url,
    data,
    call,
    done: async (method, path, body, token) => {
      const answer = await call(method, path, body, token);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${String(answer.status)} ${answer.text}`);
      return answer.body;
    },
    restart: async () => {
      await running.close();
      running = await startGitLab({ port: Number(new URL(url).port), data, edition, adminToken });
      // A connection that is kept for later ends with the old server: let the client find out here.
      for (let tries = 0; tries < 10; tries += 1) await fetch(`${url}/-/readiness`).catch(() => undefined);
    },
    close: async () => {
      await running.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** A person with a token of their own. */
export async function person(
  rig: Rig,
  username: string,
  scopes: readonly string[] = ["api"],
): Promise<{ id: number; token: string; tokenId: number }> {
  const user = await rig.done("POST", "users", {
    username,
    name: username,
    email: `${username}@example.com`,
    force_random_password: true,
  });
  const token = await rig.done("POST", `users/${String(user["id"])}/personal_access_tokens`, { name: "test", scopes });
  return { id: Number(user["id"]), token: String(token["token"]), tokenId: Number(token["id"]) };
}

export { git } from "../../../scripts/live/git";

/** The address of a repository with a credential in it. */
export const remote = (rig: Rig, path: string, token?: string, username = "any"): string =>
  token === undefined
    ? `${rig.url}/${path}.git`
    : `${rig.url.replace("//", `//${encodeURIComponent(username)}:${token}@`)}/${path}.git`;
