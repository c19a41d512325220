import { flag, list, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { idOf, ownerPath } from "./place";
import type { Session } from "./session";

const ids = { type: { set: "integer" }, computed: true } as const;

const inputs: Inputs = {
  project: { type: "string", required: true, forceNew: true },
  enabled: { type: "boolean", computed: true },
  targetProjectIds: ids,
  targetGroupIds: ids,
};

/** Both lists of who may come in: where they are, and how an entry is called when it is added. */
const LISTS = {
  targetProjectIds: { folder: "allowlist", key: "target_project_id" },
  targetGroupIds: { folder: "groups_allowlist", key: "target_group_id" },
} as const;

/** Which other projects' CI jobs may use a project: whatever is not in the lists is taken out. */
export const projectJobTokenScopes: BridgedResource<Session> = {
  half: "framework",
  inputs,
  outputs: {},

  async create(wanted, session) {
    const project = text(wanted, "project");
    await write(session, project, wanted);
    return { id: project };
  },

  async read(id, _prior, session) {
    const found = await session.api.find(`${ownerPath("project", id)}/job_token_scope`);
    if (found === undefined) return undefined;
    return {
      project: id,
      enabled: flag(found, "inbound_enabled"),
      targetProjectIds: await members(session, id, "targetProjectIds"),
      targetGroupIds: await members(session, id, "targetGroupIds"),
    };
  },

  async update(id, _olds, news, session) {
    await write(session, id, news);
    return undefined;
  },

  delete: (id, _state, session) => write(session, id, { enabled: true, targetProjectIds: [], targetGroupIds: [] }),
};

async function write(session: Session, project: string, wanted: JsonMap): Promise<void> {
  const path = ownerPath("project", project);
  for (const name of ["targetProjectIds", "targetGroupIds"] as const) {
    const { folder, key } = LISTS[name];
    const asked = list(wanted, name);
    const there = await members(session, project, name);
    for (const id of there.filter((one) => !asked.includes(one))) {
      await session.api.delete(`${path}/job_token_scope/${folder}/${id}`);
    }
    for (const id of asked.filter((one) => typeof one === "number" && !there.includes(one))) {
      await session.api.post(`${path}/job_token_scope/${folder}`, { [key]: id });
    }
  }
  if (wanted["enabled"] !== undefined) {
    await session.api.patch(`${path}/job_token_scope`, { enabled: flag(wanted, "enabled") });
  }
}

/** Who is in a list; a project itself always is, and is left out. */
async function members({ api }: Session, project: string, name: keyof typeof LISTS): Promise<number[]> {
  const all = await api.list(`${ownerPath("project", project)}/job_token_scope/${LISTS[name].folder}`);
  const others =
    name === "targetGroupIds"
      ? all
      : all.filter((one) => `${idOf(one)}` !== project && one["path_with_namespace"] !== project);
  return others.map((one) => idOf(one));
}
