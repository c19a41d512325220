import { caller } from "../access/guards";
import { level } from "../access/levels";
import { projectLevel } from "../access/rights";
import { now } from "../clock";
import { created, noContent, ok, page } from "../http/reply";
import { forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { MergeRequest } from "../model";
import { userById } from "../namespaces";
import { wanted } from "./merge-requests";
import { userBody } from "./users";

type Note = MergeRequest["notes"][number];

/** A note's longest text, in bytes: 1 MiB (GitLab's `MAX_TEXT_SIZE_LIMIT`). */
const longest = 1024 * 1024;

const person = (call: Call, id: number): Record<string, unknown> | null => {
  const user = userById(call.state, id);
  return user === undefined ? null : userBody(call.gitlab, user);
};

function noteBody(call: Call, request: MergeRequest, note: Note): Record<string, unknown> {
  return {
    id: note.id,
    type: null,
    body: note.body,
    author: person(call, note.authorId),
    created_at: note.createdAt,
    updated_at: note.updatedAt ?? note.createdAt,
    system: false,
    noteable_id: request.id,
    noteable_type: "MergeRequest",
    project_id: request.projectId,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    noteable_iid: request.iid,
  };
}

function body(call: Call): string {
  const text = call.params.filledText("body");
  if (Buffer.byteLength(text) > longest) throw invalid({ note: [`is too long (maximum is ${String(longest)} bytes)`] });
  return text;
}

function one(call: Call): { request: MergeRequest; note: Note } {
  const { request } = wanted(call);
  const note = request.notes.find(({ id }) => id === Number(call.path["note_id"]));
  if (note === undefined) throw notFound("Note");
  return { request, note };
}

/** A note that the caller may change: its author's, and a maintainer's of the project. */
function own(call: Call): { request: MergeRequest; note: Note } {
  const { project } = wanted(call);
  const found = one(call);
  const user = caller(call);
  if (found.note.authorId !== user.id && projectLevel(call.state, user, project) < level.maintainer) throw forbidden();
  return found;
}

const request = "projects/:id/merge_requests/:iid";
const pattern = `${request}/notes`;

/** Notes of merge requests, and what is remembered of their labels and heads. */
export const notes: readonly Route[] = [
  {
    method: "GET",
    pattern,
    handle: (call) => {
      const { request: at } = wanted(call);
      // The newest first, unless asked otherwise.
      const sorted = call.params.choice("sort", ["asc", "desc"]) === "asc" ? at.notes : [...at.notes].reverse();
      return page(
        call.params,
        sorted.map((note) => noteBody(call, at, note)),
        call.address,
      );
    },
  },
  {
    method: "POST",
    pattern,
    handle: (call) => {
      const { request: at } = wanted(call);
      const note = {
        id: call.gitlab.store.next("note"),
        authorId: caller(call).id,
        body: body(call),
        createdAt: now(),
      };
      at.notes.push(note);
      return created(noteBody(call, at, note));
    },
  },
  {
    method: "GET",
    pattern: `${pattern}/:note_id`,
    handle: (call) => {
      const { request: at, note } = one(call);
      return ok(noteBody(call, at, note));
    },
  },
  {
    method: "PUT",
    pattern: `${pattern}/:note_id`,
    handle: (call) => {
      const { request: at, note } = own(call);
      Object.assign(note, { body: body(call), updatedAt: now() });
      return ok(noteBody(call, at, note));
    },
  },
  {
    method: "DELETE",
    pattern: `${pattern}/:note_id`,
    handle: (call) => {
      const { request: at, note } = own(call);
      at.notes.splice(at.notes.indexOf(note), 1);
      return noContent();
    },
  },
  {
    method: "GET",
    pattern: `${request}/resource_label_events`,
    handle: (call) => {
      const { request: at } = wanted(call);
      const events = (at.labelEvents ?? []).map(({ id, userId, createdAt, label, action }) => ({
        id,
        user: person(call, userId),
        created_at: createdAt,
        resource_type: "MergeRequest",
        resource_id: at.id,
        label: { id: 0, name: label, color: "#0033CC", description: "" },
        action,
      }));
      return page(call.params, events, call.address);
    },
  },
  {
    method: "GET",
    pattern: `${request}/versions`,
    handle: (call) => {
      const { request: at } = wanted(call);
      const versions = [...(at.versions ?? [])].reverse().map(({ id, sha, createdAt }) => ({
        id,
        head_commit_sha: sha,
        base_commit_sha: at.baseSha,
        start_commit_sha: at.baseSha,
        created_at: createdAt,
        merge_request_id: at.id,
        state: "collected",
        real_size: "1",
        patch_id_sha: null,
      }));
      return page(call.params, versions, call.address);
    },
  },
];
