import type { Fields } from "../fields";
import { badRequest, conflict, notFound, precondition } from "../refusal";
import { created, idParam, ok, paged, route, type Call, type Route } from "../route";
import type { Registry } from "../state";

/** Other registries. Harbor calls the address of a new one; the stand-in does not, since a sandbox is closed. */
export const registryRoutes: readonly Route[] = [
  route("POST", "/registries", (call) => {
    const { harbor, body } = call;
    harbor.requireSystem(call.who, "registry", "create");
    const name = body.text("name") ?? "";
    const url = urlOf(body.text("url"));
    if (name === "") throw badRequest("the registry's name is empty");
    if (harbor.state.registries.some((each) => each.name === name)) throw conflict(`registry ${name} already exists`);
    const at = harbor.stamp();
    const credential = body.object("credential");
    const registry: Registry = {
      id: harbor.store.nextId("registry"),
      name,
      type: body.text("type") ?? "",
      url,
      description: body.text("description") ?? "",
      insecure: body.truth("insecure") ?? false,
      accessKey: credential?.text("access_key") ?? "",
      accessSecret: credential?.text("access_secret") ?? "",
      created: at,
      updated: at,
    };
    harbor.state.registries.push(registry);
    return created(call, registry.id);
  }),
  route("GET", "/registries", (call) => {
    call.harbor.requireSystem(call.who, "registry", "list");
    const name = call.query.get("name") ?? /name=~?([^,]*)/.exec(call.query.get("q") ?? "")?.[1] ?? "";
    return paged(call, call.harbor.state.registries.filter((each) => each.name.includes(name)).map(registryView));
  }),
  route("GET", "/registries/:id", (call) => ok(registryView(find(call, "read")))),
  route("PUT", "/registries/:id", (call) => {
    const registry = find(call, "update");
    const { body } = call;
    registry.name = body.text("name") ?? registry.name;
    registry.url = body.has("url") ? urlOf(body.text("url")) : registry.url;
    registry.description = body.text("description") ?? registry.description;
    registry.insecure = body.truth("insecure") ?? registry.insecure;
    registry.accessKey = flat(body, "access_key") ?? registry.accessKey;
    registry.accessSecret = flat(body, "access_secret") ?? registry.accessSecret;
    registry.updated = call.harbor.stamp();
    return ok();
  }),
  route("DELETE", "/registries/:id", (call) => {
    const { id } = find(call, "delete");
    if (call.harbor.state.projects.some(({ registryId }) => registryId === id)) {
      throw precondition(`registry ${String(id)} is used by a proxy cache project`);
    }
    call.harbor.state.registries = call.harbor.state.registries.filter((each) => each.id !== id);
    return ok();
  }),
];

/** A change gives the credential flat, and not in an object as the creation does. */
const flat = (body: Fields, key: string): string | undefined => body.text(key);

function urlOf(text: string | undefined): string {
  if (text === undefined || !URL.canParse(text.includes("://") ? text : `http://${text}`)) {
    throw badRequest(`invalid URL: ${text ?? ""}`);
  }
  return text;
}

function find(call: Call, action: string): Registry {
  call.harbor.requireSystem(call.who, "registry", action);
  const id = idParam(call, "id");
  const registry = call.harbor.state.registries.find((each) => each.id === id);
  if (registry === undefined) throw notFound(`registry ${String(id)} not found`);
  return registry;
}

const registryView = (registry: Registry): Record<string, unknown> => ({
  id: registry.id,
  name: registry.name,
  type: registry.type,
  url: registry.url,
  description: registry.description,
  insecure: registry.insecure,
  credential:
    registry.accessKey === "" ? {} : { type: "basic", access_key: registry.accessKey, access_secret: "*****" },
  status: "healthy",
  creation_time: registry.created,
  update_time: registry.updated,
});
