import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Part } from "../part";
import type { Hosts } from "./hooks/sender";
import type { Edition } from "./model";

/** Where the administrator's token is kept (mode 0600). */
export const gitlabTokenFile = (dir: string): string => join(dir, "gitlab", "root-token");

/** The address of the sandbox's GitLab stand-in. */
export const gitlabAddress = (port: number): string => `http://127.0.0.1:${String(port)}`;

/** Where its webhooks find the sandbox's names, and whom they trust there. */
export interface WebhookTargets {
  readonly hosts: Hosts;
  /** The file with the certificate authority. */
  readonly authority: string;
}

/** The GitLab stand-in as a part of the sandbox; `bundle` is sandbox/gitlab/main.ts as one file. */
export function gitlabPart(
  dir: string,
  bundle: string,
  port: number,
  edition: Edition = "ce",
  targets?: WebhookTargets,
): Part {
  const address = gitlabAddress(port);
  const file = gitlabTokenFile(dir);
  mkdirSync(join(dir, "gitlab"), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    const token = `glpat-${randomBytes(16).toString("hex").slice(0, 20)}`;
    writeFileSync(file, token, { mode: 0o600 });
  }
  return {
    name: "gitlab",
    file: process.execPath,
    args: [bundle, "--port", String(port), "--data", join(dir, "gitlab", "data"), "--edition", edition],
    env: {
      // The file's name, not the token: an environment can be read by whoever lists processes.
      GITLAB_ADMIN_TOKEN_FILE: file,
      ...(targets === undefined
        ? {}
        : { GITLAB_WEBHOOK_HOSTS: JSON.stringify(targets.hosts), NODE_EXTRA_CA_CERTS: targets.authority }),
    },
    port,
    awaited: `${address}/-/readiness`,
    boundMs: 30_000,
    look: async () => {
      const answer = await fetch(`${address}/-/readiness`, { signal: AbortSignal.timeout(5_000) });
      await answer.arrayBuffer();
      return answer.status === 200 ? undefined : `status ${String(answer.status)}`;
    },
  };
}
