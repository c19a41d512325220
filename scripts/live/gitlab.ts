import { isRecord } from "@estate/clients";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { git, type GitRun } from "./git";

/** A login of Git over HTTP. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What a job of a pipeline holds. */
export interface Job {
  readonly idToken: string;
  readonly variables: Readonly<Record<string, string>>;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The sandbox's GitLab as its administrator and as its people: the API, and Git with a folder for clones. */
export class GitLabSide {
  readonly folder = mkdtempSync(join(tmpdir(), "estate-clones-"));
  private clones = 0;

  constructor(private readonly server: { readonly url: string; readonly token: string }) {}

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Calls the API; an answer that is no success is an error. */
  async api(method: string, path: string, body?: unknown, token = this.server.token): Promise<unknown> {
    const { status, told } = await this.ask(method, path, body, token);
    if (status >= 300) throw new Error(`${method} ${path}: ${String(status)} ${JSON.stringify(told)}`);
    return told;
  }

  /** The same for what answers an object. */
  async object(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const told = await this.api(method, path, body);
    return isRecord(told) ? told : {};
  }

  /** Calls the API and gives whatever it answers. */
  async ask(method: string, path: string, body?: unknown, token = this.server.token) {
    const answer = await fetch(`${this.server.url}/${path.startsWith("-/") ? "" : "api/v4/"}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const raw = await answer.text();
    const told: unknown = raw === "" ? undefined : JSON.parse(raw);
    return { status: answer.status, told };
  }

  /** The API's path of a project. */
  static project(path: string): string {
    return `projects/${encodeURIComponent(path)}`;
  }

  /** A file of a project's main branch. */
  async file(project: string, path: string): Promise<string> {
    const found = await this.object(
      "GET",
      `${GitLabSide.project(project)}/repository/files/${encodeURIComponent(path)}?ref=main`,
    );
    return Buffer.from(text(found["content"]), "base64").toString();
  }

  /** Makes somebody a member of a group, with a token of their own; the same name twice is the same person. */
  async member(username: string, group: string, level: number): Promise<Login> {
    const user = await this.object("POST", "users", {
      username,
      name: username,
      email: `${username}@example.com`,
      password: "correct-horse-battery",
      skip_confirmation: true,
    });
    await this.api("POST", `groups/${encodeURIComponent(group)}/members`, {
      user_id: user["id"],
      access_level: level,
    });
    const token = await this.object("POST", `users/${String(user["id"])}/personal_access_tokens`, {
      name: "git",
      scopes: ["api", "write_repository"],
    });
    return { username, password: text(token["token"]) };
  }

  /** The address of a project's repository with a login in it. */
  address(project: string, { username, password }: Login): string {
    const url = new URL(`${project}.git`, `${this.server.url}/`);
    url.username = username;
    url.password = password;
    return url.href;
  }

  /** Clones a project; `code` is git's. */
  async clone(project: string, login: Login): Promise<GitRun & { readonly dir: string }> {
    const dir = join(this.folder, `clone-${String((this.clones += 1))}`);
    return { ...(await git(this.folder, "clone", "--quiet", this.address(project, login), dir)), dir };
  }

  /** Writes files (`undefined` removes one), commits all and pushes to main. */
  async push(
    dir: string,
    files: Readonly<Record<string, string | undefined>> = { "changed.txt": `changed ${String(Date.now())}\n` },
  ): Promise<GitRun> {
    for (const [path, content] of Object.entries(files)) {
      const file = join(dir, path);
      mkdirSync(dirname(file), { recursive: true });
      if (content === undefined) rmSync(file, { recursive: true, force: true });
      else writeFileSync(file, content);
    }
    await git(dir, "add", "--all");
    await git(dir, "commit", "--quiet", "-m", "change");
    return git(dir, "push", "origin", "HEAD:main");
  }

  /** What a pipeline's job on a branch, or a tag, of the project would hold. */
  async job(
    project: string,
    ref = "main",
    user?: string,
    {
      refType = "branch",
      audience = "vault",
    }: { readonly refType?: "branch" | "tag"; readonly audience?: string } = {},
  ): Promise<Job> {
    const { id } = await this.object("GET", GitLabSide.project(project));
    const told = await this.object("POST", "-/stand-in/jobs", {
      project: id,
      ref,
      ref_type: refType,
      aud: audience,
      ...(user === undefined ? {} : { user }),
    });
    const variables = Array.isArray(told["variables"]) ? told["variables"].filter(isRecord) : [];
    return {
      idToken: text(told["id_token"]),
      variables: Object.fromEntries(variables.map(({ key, value }) => [text(key), text(value)])),
    };
  }
}
