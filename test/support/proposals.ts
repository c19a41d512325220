import { expect } from "vitest";
import { codesOf, outputOf } from "./gitlab-runner";
import type { MergeRequests } from "./merge-requests";

/** A comment's line of a tenant. */
export const line = (tenant: string, counts: string, widened = "no", others = "none"): RegExp =>
  new RegExp(`^- \\*\\*${tenant}\\*\\*: ${counts}; access widened: ${widened}; other tenants: ${others}$`);

/** Runs a merge request's pipeline, which leaves one comment; gives both. */
export async function reviewed(requests: MergeRequests, iid: string, ends: Readonly<Record<string, number>> = {}) {
  const runs = await requests.pipeline(iid);
  expect(codesOf(runs), outputOf(runs)).toEqual({ validate: 0, permission: 0, preview: 0, comment: 0, ...ends });
  const notes = await requests.notes(iid);
  expect(notes).toHaveLength(1);
  return { runs, note: notes[0] ?? { id: 0, body: "" } };
}

/** A step that goes by a merge request. */
export interface Step {
  readonly example?: string;
  /** The comment's lines on top. */
  readonly lines: readonly RegExp[];
  /** It changes more than tenants' files, so a maintainer looks at it first. */
  readonly code?: boolean;
  /** One that is open already. */
  readonly open?: { readonly iid: string; readonly note: number };
}

/** Commits, proposes, reads the comment, merges, and lets the pipeline apply it. Gives the comment. */
export async function propose(
  requests: MergeRequests,
  { example = "a step", lines, code = false, open }: Step,
): Promise<string> {
  await requests.push(example);
  const iid = open?.iid ?? (await requests.open(example));
  if (code) await requests.label(iid);
  const { note } = await reviewed(requests, iid);
  if (open !== undefined) expect(note.id, "the comment is edited in place").toBe(open.note);
  const [, ...top] = (/^## Preview of stack `dev`\n\n(?:- .*\n)+/m.exec(note.body)?.[0] ?? "").trim().split("\n\n");
  const summary = top.join("\n").split("\n");
  expect(summary, note.body).toEqual(lines.map((line) => expect.stringMatching(line) as string));
  const applied = await requests.merge(iid);
  expect(codesOf(applied), outputOf(applied)).toEqual({ "apply-platforms": 0 });
  return note.body;
}
