import { createHash } from "node:crypto";

import { caller, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { projectMemberLevel } from "../access/rights";
import { now } from "../clock";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { DeployKey, Project } from "../model";
import { projectById } from "../namespaces";

const kinds = ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];

function body(key: DeployKey, project: Project): Record<string, unknown> {
  return {
    id: key.id,
    title: key.title,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    key: key.key,
    usage_type: "auth_and_signing",
    fingerprint: null,
    fingerprint_sha256: key.fingerprint,
    can_push: key.projects.find((each) => each.projectId === project.id)?.canPush ?? false,
  };
}

/** Reads a public key without its comment, which GitLab drops too. */
function readKey(text: string): { key: string; fingerprint: string } {
  const [kind = "", data = ""] = text.trim().split(/\s+/);
  const bytes = Buffer.from(data, "base64");
  // The key's own first field repeats its kind.
  const named = bytes.length > 4 ? bytes.toString("latin1", 4, 4 + Math.min(bytes.readUInt32BE(0), 64)) : "";
  if (!kinds.includes(kind) || named !== kind) {
    throw invalid({ "deploy_key.key": ["is invalid"], "deploy_key.fingerprint_sha256": ["cannot be generated"] });
  }
  const fingerprint = createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "");
  return { key: `${kind} ${data}`, fingerprint: `SHA256:${fingerprint}` };
}

function create(call: Call): Reply {
  const project = projectOf(call, level.maintainer);
  const { params, state, gitlab } = call;
  const title = params.filledText("title");
  const { key, fingerprint } = readKey(params.filledText("key"));
  const canPush = params.flag("can_push") ?? false;
  const same = state.deployKeys.find((each) => each.fingerprint === fingerprint);
  if (same !== undefined) {
    if (same.projects.some((each) => each.projectId === project.id)) return created(body(same, project));
    // A key of another project is joined, but only by who may manage that one as a member.
    const user = caller(call);
    const known = same.projects.some((each) => {
      const other = projectById(state, each.projectId);
      return other !== undefined && projectMemberLevel(state, user.id, other) >= level.maintainer;
    });
    if (!known) throw invalid({ "deploy_key.fingerprint_sha256": ["has already been taken"] });
    same.projects.push({ projectId: project.id, canPush });
    return created(body(same, project));
  }
  const made: DeployKey = {
    id: gitlab.store.next("key"),
    title,
    key,
    fingerprint,
    createdAt: now(),
    expiresAt: params.moment("expires_at") ?? null,
    projects: [{ projectId: project.id, canPush }],
  };
  state.deployKeys.push(made);
  return created(body(made, project));
}

const keysOf = (call: Call, project: Project): DeployKey[] =>
  call.state.deployKeys.filter((key) => key.projects.some((each) => each.projectId === project.id));

function wanted(call: Call): { project: Project; key: DeployKey } {
  const project = projectOf(call, level.maintainer);
  const key = keysOf(call, project).find((each) => each.id === Number(call.path["key_id"]));
  if (key === undefined) throw notFound("Deploy Key");
  return { project, key };
}

const pattern = "projects/:id/deploy_keys";

/** Deploy keys. The stand-in keeps them; it has no SSH of its own. */
export const deployKeys: readonly Route[] = [
  {
    method: "GET",
    pattern,
    handle: (call) => {
      const project = projectOf(call, level.maintainer);
      return page(
        call.params,
        keysOf(call, project).map((key) => body(key, project)),
        call.address,
      );
    },
  },
  { method: "POST", pattern, handle: create },
  {
    method: "GET",
    pattern: `${pattern}/:key_id`,
    handle: (call) => {
      const { key, project } = wanted(call);
      return ok(body(key, project));
    },
  },
  {
    method: "PUT",
    pattern: `${pattern}/:key_id`,
    handle: (call) => {
      const { key, project } = wanted(call);
      key.title = call.params.text("title") ?? key.title;
      const entry = key.projects.find((each) => each.projectId === project.id);
      if (entry !== undefined) entry.canPush = call.params.flag("can_push") ?? entry.canPush;
      return ok(body(key, project));
    },
  },
  {
    method: "POST",
    pattern: `${pattern}/:key_id/enable`,
    handle: (call) => {
      const project = projectOf(call, level.maintainer);
      const user = caller(call);
      const key = call.state.deployKeys.find(
        (each) =>
          each.id === Number(call.path["key_id"]) &&
          (user.admin ||
            each.projects.some(({ projectId }) => {
              const other = projectById(call.state, projectId);
              return other !== undefined && projectMemberLevel(call.state, user.id, other) >= level.maintainer;
            })),
      );
      if (key === undefined) throw notFound("Deploy Key");
      if (!key.projects.some((each) => each.projectId === project.id)) {
        key.projects.push({ projectId: project.id, canPush: call.params.flag("can_push") ?? false });
      }
      return created(body(key, project));
    },
  },
  {
    method: "DELETE",
    pattern: `${pattern}/:key_id`,
    handle: (call) => {
      const { key, project } = wanted(call);
      key.projects.splice(0, key.projects.length, ...key.projects.filter((each) => each.projectId !== project.id));
      call.state.deployKeys = call.state.deployKeys.filter((each) => each.projects.length > 0);
      return noContent();
    },
  },
];
