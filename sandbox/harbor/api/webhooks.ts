import type { Fields } from "../fields";
import { badRequest, conflict, notFound } from "../refusal";
import { created, idParam, ok, paged, route, type Call, type Route } from "../route";
import type { Project, Webhook } from "../state";
import { projectOf } from "./projects";

const path = "/projects/:project/webhook/policies";

export const webhookRoutes: readonly Route[] = [
  route("POST", path, (call) => {
    const { harbor } = call;
    const project = projectOf(call, "notification-policy", "create");
    const content = contentOf(call.body);
    if (ofProject(call, project).some(({ name }) => name === content.name)) {
      throw conflict(`notification policy named ${content.name} already exists`);
    }
    const at = harbor.stamp();
    const id = harbor.store.nextId("webhook");
    harbor.state.webhooks.push({ id, projectId: project.id, ...content, created: at, updated: at });
    return created(call, id);
  }),
  route("GET", path, (call) => {
    const project = projectOf(call, "notification-policy", "list");
    return paged(call, ofProject(call, project).map(webhookView));
  }),
  route("GET", `${path}/:id`, (call) => ok(webhookView(find(call, projectOf(call, "notification-policy", "read"))))),
  route("PUT", `${path}/:id`, (call) => {
    const webhook = find(call, projectOf(call, "notification-policy", "update"));
    Object.assign(webhook, contentOf(call.body), { updated: call.harbor.stamp() });
    return ok();
  }),
  route("DELETE", `${path}/:id`, (call) => {
    const { id } = find(call, projectOf(call, "notification-policy", "delete"));
    call.harbor.state.webhooks = call.harbor.state.webhooks.filter((each) => each.id !== id);
    return ok();
  }),
];

const ofProject = (call: Call, project: Project): Webhook[] =>
  call.harbor.state.webhooks.filter(({ projectId }) => projectId === project.id);

function find(call: Call, project: Project): Webhook {
  const id = idParam(call, "id");
  const webhook = ofProject(call, project).find((each) => each.id === id);
  if (webhook === undefined) throw notFound(`notification policy ${String(id)} not found`);
  return webhook;
}

type Content = Pick<Webhook, "name" | "description" | "enabled" | "eventTypes" | "targets">;

function contentOf(body: Fields): Content {
  const name = body.text("name") ?? "";
  const targets = body.objects("targets").map((target) => {
    const type = target.text("type") ?? "";
    const address = target.text("address") ?? "";
    if (!["http", "slack", "teams"].includes(type)) throw badRequest(`unsupported notify type: ${type}`);
    if (!URL.canParse(address)) throw badRequest(`invalid address: ${address}`);
    return {
      type,
      address,
      auth_header: target.text("auth_header") ?? "",
      skip_cert_verify: target.truth("skip_cert_verify") ?? false,
    };
  });
  const eventTypes = body.texts("event_types");
  if (name === "") throw badRequest("the name of a notification policy is empty");
  if (targets.length === 0) throw badRequest("empty notification target");
  if (eventTypes.length === 0) throw badRequest("empty event type");
  return {
    name,
    description: body.text("description") ?? "",
    enabled: body.truth("enabled") ?? false,
    eventTypes,
    targets,
  };
}

const webhookView = (webhook: Webhook): Record<string, unknown> => ({
  id: webhook.id,
  project_id: webhook.projectId,
  name: webhook.name,
  description: webhook.description,
  enabled: webhook.enabled,
  event_types: webhook.eventTypes,
  targets: webhook.targets,
  creator: "admin",
  creation_time: webhook.created,
  update_time: webhook.updated,
});
