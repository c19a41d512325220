import { isRecord } from "@estate/clients";

import { basic, type Credentials } from "./oci-client";

export interface ApiAnswer {
  readonly status: number;
  readonly location: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Asks Harbor's API as one user. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly credentials?: Credentials,
  ) {}

  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> {
    const answer = await fetch(`${this.url}/api/v2.0${path}`, {
      method,
      headers: {
        connection: "close",
        ...(this.credentials === undefined ? {} : { authorization: basic(this.credentials) }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      location: answer.headers.get("location") ?? "",
      headers: answer.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  }

  /** Makes something and gives its id, as the provider's plugin reads it from the Location. */
  async create(path: string, body: unknown): Promise<string> {
    const answer = await this.request("POST", path, body);
    if (answer.status !== 201) throw new Error(`POST ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    return answer.location.replace("/api/v2.0", "");
  }

  async get(path: string): Promise<Record<string, unknown>> {
    const { status, body } = await this.request("GET", path);
    if (status !== 200 || !isRecord(body)) throw new Error(`GET ${path}: ${String(status)} ${JSON.stringify(body)}`);
    return body;
  }

  /** A project; its path id. */
  project(name: string, more: Record<string, unknown> = {}): Promise<string> {
    return this.create("/projects", { project_name: name, metadata: { public: "false" }, ...more });
  }

  /** A robot of one project, and its credentials. */
  async robot(
    project: string,
    name: string,
    actions: readonly string[],
    days = 30,
  ): Promise<Credentials & { readonly id: string }> {
    const { status, body, location } = await this.request("POST", "/robots", robotBody(project, name, actions, days));
    if (status !== 201 || !isRecord(body)) throw new Error(`${String(status)} ${JSON.stringify(body)}`);
    return { id: location.replace("/api/v2.0", ""), username: String(body["name"]), password: String(body["secret"]) };
  }
}

export const robotBody = (project: string, name: string, actions: readonly string[], duration: number): object => ({
  name,
  level: "project",
  duration,
  permissions: [
    { kind: "project", namespace: project, access: actions.map((action) => ({ resource: "repository", action })) },
  ],
});

/** A rule that holds these tags of every repository. */
export const immutableRule = (tags: string): object => ({
  action: "immutable",
  template: "immutable_template",
  tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: tags }],
  scope_selectors: { repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**" }] },
});
