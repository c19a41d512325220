import type { AddressInfo } from "node:net";
import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { digest } from "./access/tokens";
import { now } from "./clock";
import { SigningKey } from "./ci/signing-key";
import { Repositories } from "./git/repositories";
import { WebhookSender, type Hosts } from "./hooks/sender";
import type { Instance } from "./instance";
import type { Edition } from "./model";
import { serve } from "./server";
import { Store } from "./store";

/** How a stand-in is started. */
export interface GitLabOptions {
  /** The port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** The folder of its data; two stand-ins never share one. */
  readonly data: string;
  /** `ce` unless said otherwise. */
  readonly edition?: Edition;
  /** The personal access token of the administrator `root`. */
  readonly adminToken: string;
  /** Where webhooks find what is not on loopback by its name. */
  readonly hosts?: Hosts;
}

/** A running stand-in. */
export interface RunningGitLab {
  readonly url: string;
  close(): Promise<void>;
}

/** The version it says it is. */
export const gitlabVersion = "18.6.1";

/** Starts a stand-in in this process. It listens on 127.0.0.1 only. */
export async function startGitLab(options: GitLabOptions): Promise<RunningGitLab> {
  mkdirSync(options.data, { recursive: true, mode: 0o700 });
  const store = new Store(options.data);
  const edition = options.edition ?? "ce";
  // The instance needs the port, and the port comes from the server.
  const held: { gitlab?: Instance } = {};
  const instance = (): Instance => {
    if (held.gitlab === undefined) throw new Error("not ready yet");
    return held.gitlab;
  };
  const server = serve(instance);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  held.gitlab = {
    edition,
    version: edition === "ee" ? `${gitlabVersion}-ee` : gitlabVersion,
    url,
    store,
    state: store.state,
    repositories: new Repositories(options.data),
    webhooks: new WebhookSender(
      store.state,
      () => url,
      () => store.save(),
      options.hosts,
    ),
    signingKey: new SigningKey(options.data),
  };
  seed(held.gitlab, options.adminToken);
  store.save();
  return {
    url,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // A webhook's receiver may be slow; nobody waits for it longer than this.
      await Promise.race([instance().webhooks.settle(), sleep(2_000, undefined, { ref: false })]);
      server.closeAllConnections();
      await closed;
      store.save();
    },
  };
}

/** The administrator and its token. Another token than last time joins the earlier one. */
function seed(gitlab: Instance, adminToken: string): void {
  const { state, store } = gitlab;
  const root = state.users.find((user) => user.username === "root") ?? {
    id: store.next("user"),
    username: "root",
    name: "Administrator",
    email: "admin@example.com",
    admin: true,
    bot: false,
    state: "active" as const,
    namespaceId: store.next("namespace"),
    createdAt: now(),
  };
  if (!state.users.includes(root)) state.users.push(root);
  if (state.tokens.some((token) => token.digest === digest(adminToken))) return;
  state.tokens.push({
    id: store.next("access_token"),
    userId: root.id,
    source: "user",
    sourceId: root.id,
    name: "stand-in",
    description: null,
    scopes: ["api", "admin_mode", "sudo", "create_runner", "manage_runner", "read_repository", "write_repository"],
    createdAt: now(),
    expiresAt: null,
    revoked: false,
    digest: digest(adminToken),
  });
}
