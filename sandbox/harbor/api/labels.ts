import { badRequest, conflict, notFound, unauthorized } from "../refusal";
import { created, idParam, ok, paged, route, type Call, type Route } from "../route";
import type { Label } from "../state";

export const labelRoutes: readonly Route[] = [
  route("POST", "/labels", (call) => {
    const { harbor, body } = call;
    const scope = scopeOf(body.text("scope"));
    const projectId = scope === "p" ? (body.integer("project_id") ?? 0) : 0;
    requireAccess(call, scope, projectId, "create");
    const name = body.text("name") ?? "";
    if (name === "" || name.length > 128) throw badRequest("the label's name is empty or too long");
    const twin = harbor.state.labels.some(
      (each) => each.name === name && each.scope === scope && each.projectId === projectId,
    );
    if (twin) throw conflict(`label ${name} already exists`);
    const label: Label = {
      id: harbor.store.nextId("label"),
      name,
      description: body.text("description") ?? "",
      color: body.text("color") ?? "",
      scope,
      projectId,
    };
    harbor.state.labels.push(label);
    return created(call, label.id);
  }),
  route("GET", "/labels", (call) => {
    const scope = scopeOf(call.query.get("scope") ?? undefined);
    const projectId = scope === "p" ? Number(call.query.get("project_id")) : 0;
    requireAccess(call, scope, projectId, "list");
    const name = call.query.get("name") ?? "";
    const labels = call.harbor.state.labels.filter(
      (each) => each.scope === scope && each.projectId === projectId && each.name.includes(name),
    );
    return paged(call, labels.map(labelView));
  }),
  route("GET", "/labels/:id", (call) => ok(labelView(find(call, "read")))),
  route("PUT", "/labels/:id", (call) => {
    const label = find(call, "update");
    const name = call.body.text("name") ?? "";
    if (name === "") throw badRequest("the label's name is empty");
    label.name = name;
    label.description = call.body.text("description") ?? "";
    label.color = call.body.text("color") ?? "";
    return ok();
  }),
  route("DELETE", "/labels/:id", (call) => {
    const { id } = find(call, "delete");
    call.harbor.state.labels = call.harbor.state.labels.filter((each) => each.id !== id);
    return ok();
  }),
];

function scopeOf(text: string | undefined): Label["scope"] {
  if (text !== "g" && text !== "p") throw badRequest(`invalid scope: ${text ?? ""}`);
  return text;
}

function requireAccess({ harbor, who }: Call, scope: Label["scope"], projectId: number, action: string): void {
  if (scope === "p") harbor.requireProject(who, String(projectId), "label", action);
  else if (action !== "list" && action !== "read") harbor.requireSystem(who, "label", action);
  else if (who.kind === "anonymous") throw unauthorized();
}

function find(call: Call, action: string): Label {
  if (call.who.kind === "anonymous") throw unauthorized();
  const id = idParam(call, "id");
  const label = call.harbor.state.labels.find((each) => each.id === id);
  if (label === undefined) throw notFound(`label ${String(id)} not found`);
  requireAccess(call, label.scope, label.projectId, action);
  return label;
}

const labelView = ({ projectId, ...label }: Label): Record<string, unknown> => ({ ...label, project_id: projectId });
