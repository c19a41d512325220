import { GitHubClient, isRecord, type JsonObject } from "@estate/clients";
import { readFileSync } from "node:fs";
import { type Host, type HostedChange, needed, text, untoldPaths, type Variables } from "./host";

/** Who writes comments with a workflow's own token. */
const ownAuthor = "github-actions[bot]";

/** What GitHub calls the rights from which on somebody may let code be previewed. */
const maintaining: ReadonlySet<string> = new Set(["maintain", "admin"]);

const object = (value: unknown): JsonObject => (isRecord(value) ? value : {});

class GitHubHost implements Host {
  readonly kind = "github";
  private readonly client: GitHubClient;
  private readonly repository: string;

  constructor(private readonly variables: Variables) {
    this.client = new GitHubClient(needed(variables, "GITHUB_API_URL"), needed(variables, "GITHUB_TOKEN"));
    this.repository = `repos/${needed(variables, "GITHUB_REPOSITORY")}`;
  }

  close(): void {
    this.client.close();
  }

  /** What GitHub tells a workflow about why it runs. */
  private get event(): JsonObject {
    return object(JSON.parse(readFileSync(needed(this.variables, "GITHUB_EVENT_PATH"), "utf8")));
  }

  get deployed(): string {
    return text(object(this.event["repository"])["default_branch"]) || "main";
  }

  private get request(): JsonObject {
    return object(this.event["pull_request"]);
  }

  private get number(): string {
    return String(this.request["number"]);
  }

  async change(label: string): Promise<HostedChange> {
    const { request } = this;
    const [head, base] = [object(request["head"]), object(request["base"])];
    return {
      // The event's and not the newest: what was labelled is what is run.
      head: text(head["sha"]),
      // A fork that was deleted has no repository.
      fork: object(head["repo"])["id"] !== object(base["repo"])["id"],
      target: text(base["ref"]),
      paths: await this.paths(),
      labelled: await this.labelled(label),
    };
  }

  private async paths(): Promise<string[]> {
    const files = await this.client.list(`${this.repository}/pulls/${this.number}/files`);
    const paths = files.flatMap((file) => [text(file["filename"]), text(file["previous_filename"])]);
    // It tells no more than 3,000.
    const whole = Number(this.request["changed_files"]) === files.length;
    return [...new Set([...paths, ...(whole ? [] : [untoldPaths])])].filter((path) => path !== "");
  }

  /** Whether this very run is the one of a maintainer's setting the label: a push that comes later is another run. */
  private async labelled(label: string): Promise<boolean> {
    const { event } = this;
    if (event["action"] !== "labeled" || object(event["label"])["name"] !== label) return false;
    const sender = text(object(event["sender"])["login"]);
    const right = await this.client.read(`${this.repository}/collaborators/${encodeURIComponent(sender)}/permission`);
    return maintaining.has(text(right?.["role_name"])) || right?.["permission"] === "admin";
  }

  async comment(marker: string, body: string): Promise<string> {
    const author = this.variables["ESTATE_COMMENT_AUTHOR"] || ownAuthor;
    const comments = await this.client.list(`${this.repository}/issues/${this.number}/comments`);
    // Only its own: the marker could stand in anybody's.
    const own = comments.find(
      (comment) => text(comment["body"]).startsWith(marker) && object(comment["user"])["login"] === author,
    );
    const written =
      own === undefined
        ? await this.client.write("POST", `${this.repository}/issues/${this.number}/comments`, { body })
        : await this.client.write("PATCH", `${this.repository}/issues/comments/${String(own["id"])}`, { body });
    return text(written["html_url"]);
  }

  async propose({ branch, title, body, files }: Parameters<Host["propose"]>[0]): Promise<string> {
    const { client, repository, deployed } = this;
    const from = object((await client.read(`${repository}/git/ref/heads/${deployed}`))?.["object"])["sha"];
    const base = object((await client.read(`${repository}/git/commits/${text(from)}`))?.["tree"])["sha"];
    const tree = await client.write("POST", `${repository}/git/trees`, {
      base_tree: base,
      tree: Object.entries(files).map(([path, content]) => ({ path, mode: "100644", type: "blob", content })),
    });
    const commit = await client.write("POST", `${repository}/git/commits`, {
      message: title,
      tree: tree["sha"],
      parents: [from],
    });
    const there = await client.read(`${repository}/git/ref/heads/${branch}`);
    if (there === undefined)
      await client.write("POST", `${repository}/git/refs`, { ref: `refs/heads/${branch}`, sha: commit["sha"] });
    else await client.write("PATCH", `${repository}/git/refs/heads/${branch}`, { sha: commit["sha"], force: true });
    const [owner] = needed(this.variables, "GITHUB_REPOSITORY").split("/");
    const head = encodeURIComponent(`${owner ?? ""}:${branch}`);
    const [open] = await client.list(`${repository}/pulls?state=open&head=${head}`);
    const request =
      open === undefined
        ? await client.write("POST", `${repository}/pulls`, { title, body, head: branch, base: deployed })
        : await client.write("PATCH", `${repository}/pulls/${String(open["number"])}`, { title, body });
    return text(request["html_url"]);
  }
}

/** GitHub, by the variables of a workflow's step and with its own token. */
export function githubHost(variables: Variables): Host {
  return new GitHubHost(variables);
}
