import { randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

import { now } from "../clock";
import { matchesName } from "../git/protection";
import type { Hook, Project, State } from "../model";
import { lineage } from "../namespaces";

/** What a hook is told, and whether it asked for it. */
export interface Event {
  /** The flag of a hook, `push_events`. */
  readonly flag: string;
  /** The header, `Push Hook`. */
  readonly header: string;
  /** The branch, where the hook's branch filter applies. */
  readonly branch?: string;
  readonly payload: unknown;
}

/** Hosts outside of this machine's own names, by how they begin, and the port of this machine at which they are. */
export type Hosts = Readonly<Record<string, number>>;

const timeoutMs = 10_000;

/** Sends webhooks: once each, in the background, and to nobody but this machine. */
export class WebhookSender {
  readonly #underway = new Set<Promise<void>>();

  constructor(
    private readonly state: State,
    private readonly instanceUrl: () => string,
    private readonly save: () => void,
    private readonly hosts: Hosts = {},
  ) {}

  /** Tells every hook of the project, and of the groups above it, that asked for this. */
  announce(project: Project, event: Event): void {
    const groups = new Set(lineage(this.state, project.namespaceId).map((group) => group.id));
    for (const hook of this.state.hooks) {
      const own = hook.source === "project" ? hook.sourceId === project.id : groups.has(hook.sourceId);
      if (own && hook.events[event.flag] === true && passesFilter(hook, event.branch)) void this.deliver(hook, event);
    }
  }

  /** Delivers one event to one hook and notes what came of it. */
  async deliver(hook: Hook, event: Event): Promise<string> {
    const sending = this.#send(hook, event);
    const settled = sending.then(() => undefined);
    this.#underway.add(settled);
    const status = await sending;
    this.#underway.delete(settled);
    hook.deliveries = [{ at: now(), trigger: event.flag, url: hook.url, status }, ...hook.deliveries].slice(0, 20);
    this.save();
    return status;
  }

  /** Waits for what is underway. */
  async settle(): Promise<void> {
    await Promise.all(this.#underway);
  }

  async #send(hook: Hook, event: Event): Promise<string> {
    let url: URL;
    try {
      const filled = hook.urlVariables.reduce(
        (text, { key, value }) => text.replaceAll(`{${key}}`, encodeURIComponent(value)),
        hook.url,
      );
      url = new URL(filled);
    } catch {
      return "internal error: the URL cannot be read";
    }
    const port = Object.entries(this.hosts).find(([beginning]) => url.hostname.startsWith(beginning))?.[1];
    if (port === undefined && !isLoopback(url.hostname)) {
      return "internal error: the sandbox sends nothing beyond this machine";
    }
    const body = JSON.stringify(event.payload);
    const headers: Record<string, string> = {
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
      "User-Agent": "GitLab/stand-in",
      "Idempotency-Key": randomUUID(),
      "X-Gitlab-Event": event.header,
      "X-Gitlab-Webhook-UUID": randomUUID(),
      "X-Gitlab-Instance": this.instanceUrl(),
      "X-Gitlab-Event-UUID": randomUUID(),
      ...(hook.token === null || hook.token === "" ? {} : { "X-Gitlab-Token": hook.token }),
      ...Object.fromEntries(hook.customHeaders.map(({ key, value }) => [key, value])),
    };
    return new Promise((resolve) => {
      // The name stays as it is for TLS and for the receiver: only where it is comes from our table.
      const place = port === undefined ? {} : { hostname: "127.0.0.1", port, servername: url.hostname };
      const options = { method: "POST", headers: { Host: url.host, ...headers }, timeout: timeoutMs, ...place };
      const request =
        url.protocol === "https:"
          ? httpsRequest(url, { ...options, rejectUnauthorized: hook.enableSslVerification })
          : httpRequest(url, options);
      request.on("response", (response) => {
        response.resume();
        response.on("close", () => resolve(String(response.statusCode ?? 0)));
      });
      request.on("timeout", () => request.destroy(new Error(`no answer within ${String(timeoutMs / 1000)} s`)));
      request.on("error", (thrown) => resolve(`internal error: ${thrown.message}`));
      request.end(body);
    });
  }
}

/** Whether a hook wants events of this branch. */
export function passesFilter(hook: Hook, branch: string | undefined): boolean {
  const filter = hook.pushEventsBranchFilter;
  if (branch === undefined || filter === "" || hook.branchFilterStrategy === "all_branches") return true;
  if (hook.branchFilterStrategy === "wildcard") return matchesName(filter, branch);
  try {
    return new RegExp(filter).test(branch);
  } catch {
    return false;
  }
}

/** Whether a host can only be this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
