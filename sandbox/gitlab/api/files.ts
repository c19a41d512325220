import { createHash } from "node:crypto";

import { readableProject, writableProject } from "../access/guards";
import { log } from "../git/commits";
import { findBlob, readBlob } from "../git/tree";
import { created, noContent, ok, type Reply } from "../http/reply";
import { badParameter, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import { commitActions, readContent, readTarget, type FileAction } from "./change-files";

interface Found {
  readonly body: Record<string, unknown>;
  readonly bytes: Buffer;
}

async function find(call: Call, ref: string): Promise<Found> {
  const project = readableProject(call);
  const { repositories } = call.gitlab;
  const path = call.path["file_path"] ?? "";
  const commit = await repositories.resolve(project, ref === "HEAD" ? project.defaultBranch : ref);
  if (commit === undefined) throw notFound("Commit");
  const blob = await findBlob(repositories, project, commit, path);
  if (blob === undefined) throw notFound("File");
  const bytes = await readBlob(repositories, project, blob.id);
  const [last] = await log(repositories, project, commit, { path, limit: 1 });
  return {
    bytes,
    body: {
      file_name: blob.name,
      file_path: path,
      size: bytes.length,
      encoding: "base64",
      content_sha256: createHash("sha256").update(bytes).digest("hex"),
      ref,
      blob_id: blob.id,
      commit_id: commit,
      last_commit_id: last?.id ?? commit,
      execute_filemode: blob.mode === "100755",
    },
  };
}

/** HEAD and GET tell the same in headers, `X-Gitlab-File-Path` and so on. */
function headers(body: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      `X-Gitlab-${name
        .split("_")
        .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
        .join("-")}`,
      encodeURI(String(value)),
    ]),
  );
}

async function write(call: Call, action: "create" | "update" | "delete"): Promise<Reply> {
  const project = writableProject(call);
  const target = readTarget(call);
  const path = call.path["file_path"] ?? "";
  const content = action === "delete" ? undefined : readContent(call.params);
  if (action !== "delete" && content === undefined) throw badParameter("content is missing");
  const change: FileAction = {
    action,
    path,
    previousPath: undefined,
    content,
    executable: call.params.flag("execute_filemode"),
    lastCommitId: call.params.text("last_commit_id"),
  };
  await commitActions(call, project, target, [change]);
  const body = { file_path: path, branch: target.branch };
  return action === "create" ? created(body) : action === "update" ? ok(body) : noContent();
}

const pattern = "projects/:id/repository/files/:file_path";

/** Files of a repository. */
export const files: readonly Route[] = [
  {
    method: "GET",
    pattern,
    scopes: ["read_repository"],
    anonymous: true,
    handle: async (call) => {
      const { body, bytes } = await find(call, call.params.filledText("ref"));
      return { status: 200, body: { ...body, content: bytes.toString("base64") }, headers: headers(body) };
    },
  },
  {
    method: "GET",
    pattern: `${pattern}/raw`,
    scopes: ["read_repository", "job"],
    anonymous: true,
    handle: async (call) => {
      const { body, bytes } = await find(call, call.params.text("ref") ?? "HEAD");
      return { status: 200, bytes, headers: { ...headers(body), "Content-Type": "text/plain; charset=utf-8" } };
    },
  },
  { method: "POST", pattern, handle: (call) => write(call, "create") },
  { method: "PUT", pattern, handle: (call) => write(call, "update") },
  { method: "DELETE", pattern, handle: (call) => write(call, "delete") },
];
