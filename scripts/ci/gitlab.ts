import { GitLabClient, isRecord, type JsonObject } from "@estate/clients";
import { type Host, type HostedChange, needed, text, untoldPaths, type Variables } from "./host";

/** The access level from which on somebody may let code be previewed. */
const maintainer = 40;

/** The time of a field, in milliseconds; NaN where there is none, which is after nothing. */
const moment = (value: unknown): number => Date.parse(text(value));

class GitLabHost implements Host {
  readonly kind = "gitlab";
  readonly deployed: string;
  private readonly client: GitLabClient;
  private readonly project: string;

  constructor(private readonly variables: Variables) {
    this.client = new GitLabClient(needed(variables, "CI_SERVER_URL"), needed(variables, "ESTATE_REVIEW_TOKEN"));
    this.deployed = needed(variables, "CI_DEFAULT_BRANCH");
    this.project = `projects/${encodeURIComponent(needed(variables, "CI_PROJECT_ID"))}`;
  }

  close(): void {
    this.client.close();
  }

  private get request(): string {
    return `${this.project}/merge_requests/${needed(this.variables, "CI_MERGE_REQUEST_IID")}`;
  }

  async change(label: string): Promise<HostedChange> {
    const told = await this.client.read(this.request);
    if (told === undefined) throw new Error(`${this.request} is not there, or the token does not see it`);
    const head = text(told["sha"]);
    return {
      head,
      fork: told["source_project_id"] !== told["target_project_id"],
      target: text(told["target_branch"]),
      paths: await this.paths(told),
      labelled: await this.labelled(label, head),
    };
  }

  private async paths(told: JsonObject): Promise<string[]> {
    const diffs = await this.client.list(`${this.request}/diffs`);
    const paths = diffs.flatMap((diff) => [text(diff["old_path"]), text(diff["new_path"])]);
    // `1000+` where there are more than it counts.
    const whole = text(told["changes_count"]) === String(diffs.length);
    return [...new Set([...paths, ...(whole ? [] : [untoldPaths])])].filter((path) => path !== "");
  }

  /**
   * Whether a maintainer has set the label since this head was pushed. The label itself may be set by any developer and stays
   * through every push, so who did it and when is asked.
   */
  private async labelled(label: string, head: string): Promise<boolean> {
    const [versions, events] = await Promise.all([
      this.client.list(`${this.request}/versions`),
      this.client.list(`${this.request}/resource_label_events`),
    ]);
    const pushed = versions.find((version) => version["head_commit_sha"] === head);
    const last = events
      .filter((event) => isRecord(event["label"]) && event["label"]["name"] === label)
      .sort((a, b) => Number(a["id"]) - Number(b["id"]))
      .at(-1);
    if (last?.["action"] !== "add" || !isRecord(last["user"])) return false;
    if (!(moment(last["created_at"]) >= moment(pushed?.["created_at"]))) return false;
    const member = await this.client.read(`${this.project}/members/all/${String(last["user"]["id"])}`);
    return Number(member?.["access_level"] ?? 0) >= maintainer;
  }

  async comment(marker: string, body: string): Promise<string> {
    const self = await this.client.read("user");
    const notes = await this.client.list(`${this.request}/notes`);
    // Only its own: the marker could stand in anybody's.
    const own = notes.find(
      (note) =>
        text(note["body"]).startsWith(marker) && isRecord(note["author"]) && note["author"]["id"] === self?.["id"],
    );
    const written =
      own === undefined
        ? await this.client.write("POST", `${this.request}/notes`, { body })
        : await this.client.write("PUT", `${this.request}/notes/${String(own["id"])}`, { body });
    return `note ${String(written["id"])}`;
  }

  async propose({ branch, title, body, files }: Parameters<Host["propose"]>[0]): Promise<string> {
    await this.client.write("POST", `${this.project}/repository/commits`, {
      branch,
      start_branch: this.deployed,
      force: true,
      commit_message: title,
      actions: Object.entries(files).map(([path, content]) => ({ action: "update", file_path: path, content })),
    });
    const query = `source_branch=${encodeURIComponent(branch)}&state=opened`;
    const [open] = await this.client.list(`${this.project}/merge_requests?${query}`);
    const described = { title, description: body };
    const request =
      open === undefined
        ? await this.client.write("POST", `${this.project}/merge_requests`, {
            ...described,
            source_branch: branch,
            target_branch: this.deployed,
            remove_source_branch: true,
          })
        : await this.client.write("PUT", `${this.project}/merge_requests/${String(open["iid"])}`, described);
    return text(request["web_url"]);
  }
}

/**
 * GitLab, by the variables of a job. ESTATE_REVIEW_TOKEN is a project access token with scope `api` and role Developer: it reads
 * the merge request, writes notes, and proposes changes; it can neither merge nor push to a protected branch.
 */
export function gitlabHost(variables: Variables): Host {
  return new GitLabHost(variables);
}
