import { setTimeout as sleep } from "node:timers/promises";
import { flag, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { escaped, GitLabError } from "./api";
import { ownerPath, splitId } from "./place";
import type { Session } from "./session";

/** For how long a commit that came too late is made again. */
const RETRY_MS = 60_000;

const inputs: Inputs = {
  project: { type: "string", required: true, forceNew: true },
  branch: { type: "string", required: true, forceNew: true },
  filePath: { type: "string", required: true, forceNew: true, validate: badPath },
  content: { type: "string", required: true },
  encoding: { type: "string", required: true, oneOf: ["base64", "text"] },
  authorEmail: { type: "string" },
  authorName: { type: "string" },
  commitMessage: { type: "string" },
  createCommitMessage: { type: "string" },
  updateCommitMessage: { type: "string" },
  deleteCommitMessage: { type: "string" },
  startBranch: { type: "string" },
  executeFilemode: { type: "boolean" },
  overwriteOnCreate: { type: "boolean", default: false },
};

/** One file on one branch. Commits of one plugin are made one after another. */
export const repositoryFile: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: {
    blobId: { type: "string" },
    commitId: { type: "string" },
    contentSha256: { type: "string" },
    fileName: { type: "string" },
    lastCommitId: { type: "string" },
    ref: { type: "string" },
    size: { type: "integer" },
  },

  async create(wanted, session) {
    const [project, branch, file] = [text(wanted, "project"), text(wanted, "branch"), text(wanted, "filePath")];
    const id = `${project}:${branch}:${file}`;
    const body = { ...common(wanted, "create"), encoding: text(wanted, "encoding"), content: text(wanted, "content") };
    await commit(session, async () => {
      const there = flag(wanted, "overwriteOnCreate") ? await session.api.find(pathAt(id), { ref: branch }) : undefined;
      if (there === undefined) await session.api.post(pathAt(id), body);
      else await session.api.put(pathAt(id), { ...body, last_commit_id: text(there, "last_commit_id") });
    });
    return { id };
  },

  async read(id, prior, { api }) {
    const [project = "", branch = "", file = ""] = splitId(id, 3);
    const found = await api.find(pathAt(id), { ref: branch });
    if (found === undefined) return undefined;
    const encoding = textOr(prior, "encoding", "base64");
    const raw = text(found, "content");
    return {
      project,
      branch,
      filePath: file,
      encoding,
      content: encoding === "text" ? Buffer.from(raw, "base64").toString("utf8") : raw,
      ...(prior["executeFilemode"] !== undefined && { executeFilemode: flag(found, "execute_filemode") }),
      blobId: text(found, "blob_id"),
      commitId: text(found, "commit_id"),
      contentSha256: text(found, "content_sha256"),
      fileName: text(found, "file_name"),
      lastCommitId: text(found, "last_commit_id"),
      ref: text(found, "ref"),
      size: found["size"] ?? 0,
    };
  },

  async update(id, _olds, news, session) {
    const branch = text(news, "branch");
    await commit(session, async () => {
      const there = await session.api.get(pathAt(id), { ref: branch });
      await session.api.put(pathAt(id), {
        ...common(news, "update"),
        encoding: text(news, "encoding"),
        content: text(news, "content"),
        last_commit_id: text(there, "last_commit_id"),
      });
    });
    return undefined;
  },

  unsettles: (olds, news) =>
    ["content", "executeFilemode"].some((key) => news[key] !== undefined && news[key] !== olds[key])
      ? ["blobId", "commitId", "contentSha256", "lastCommitId", "size"]
      : [],

  async delete(id, state, session) {
    const branch = textOr(state, "branch", splitId(id, 3)[1] ?? "");
    await commit(session, async () => {
      const there = await session.api.get(pathAt(id), { ref: branch });
      const { author_email: email, author_name: name, commit_message: message } = common(state, "delete");
      await session.api.delete(pathAt(id), {
        branch,
        author_email: typeof email === "string" ? email : undefined,
        author_name: typeof name === "string" ? name : undefined,
        commit_message: typeof message === "string" ? message : undefined,
        last_commit_id: text(there, "last_commit_id"),
      });
    });
  },
};

/** In turn, and again when another commit came between: the server says so in words only. */
function commit(session: Session, work: () => Promise<void>): Promise<void> {
  const end = Date.now() + RETRY_MS;
  return session.inTurn(async () => {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        const late = error instanceof GitLabError && error.message.includes("Please refresh and try again");
        if (!late || Date.now() > end) throw error;
        await sleep(100);
      }
    }
  });
}

/** What every commit says of itself. The one for the occasion comes before the common message. */
function common(wanted: JsonMap, occasion: "create" | "update" | "delete"): JsonMap {
  const message = textOr(wanted, "commitMessage", textOr(wanted, `${occasion}CommitMessage`, ""));
  const optional = {
    author_email: wanted["authorEmail"],
    author_name: wanted["authorName"],
    start_branch: wanted["startBranch"],
    execute_filemode: wanted["executeFilemode"],
  };
  return {
    branch: text(wanted, "branch"),
    commit_message: message === "" ? `${occasion} ${text(wanted, "filePath")}` : message,
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
    ),
  };
}

function badPath(value: unknown): string | undefined {
  return typeof value === "string" && (value.startsWith("/") || value.startsWith("./"))
    ? `filePath must be relative to the root of the project without a leading slash or './', got ${value}`
    : undefined;
}

function pathAt(id: string): string {
  const [project = "", , file = ""] = splitId(id, 3);
  return `${ownerPath("project", project)}/repository/files/${escaped(file)}`;
}
