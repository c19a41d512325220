import { usedBytes } from "../artifacts";
import type { Harbor } from "../harbor";
import { badRequest, notFound } from "../refusal";
import { idParam, ok, paged, route, type Route } from "../route";
import type { Quota } from "../state";

/** Quotas have ids of their own; `ref.id` is the project's. */
export const quotaRoutes: readonly Route[] = [
  route("GET", "/quotas", (call) => {
    call.harbor.requireSystem(call.who, "quota", "list");
    const reference = call.query.get("reference_id");
    const wanted = call.harbor.state.quotas.filter(
      ({ projectId }) => reference === null || reference === "" || String(projectId) === reference,
    );
    return paged(
      call,
      wanted.map((quota) => quotaView(call.harbor, quota)),
    );
  }),
  route("GET", "/quotas/:id", (call) => {
    call.harbor.requireSystem(call.who, "quota", "read");
    return ok(quotaView(call.harbor, find(call.harbor, idParam(call, "id"))));
  }),
  route("PUT", "/quotas/:id", (call) => {
    call.harbor.requireSystem(call.who, "quota", "update");
    const quota = find(call.harbor, idParam(call, "id"));
    const storage = call.body.object("hard")?.integer("storage");
    if (storage === undefined || storage === 0 || storage < -1) throw badRequest("invalid hard limit of storage");
    quota.storage = storage;
    return ok();
  }),
];

function find(harbor: Harbor, id: number): Quota {
  const quota = harbor.state.quotas.find((each) => each.id === id);
  if (quota === undefined) throw notFound(`quota ${String(id)} not found`);
  return quota;
}

function quotaView(harbor: Harbor, quota: Quota): Record<string, unknown> {
  const project = harbor.state.projects.find(({ id }) => id === quota.projectId);
  return {
    id: quota.id,
    ref: { id: quota.projectId, name: project?.name ?? "", owner_name: "admin" },
    hard: { storage: quota.storage },
    used: { storage: project === undefined ? 0 : usedBytes(harbor.state, project) },
    creation_time: project?.created,
    update_time: project?.updated,
  };
}
