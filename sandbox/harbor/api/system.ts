import { badRequest, forbidden, precondition } from "../refusal";
import { created, ok, route, type Call, type Route } from "../route";
import { secretSettings, type SettingValue } from "../settings";

/** The jobs that run by a schedule; they are kept and shown, and never run. */
const schedules = [
  ["gc", "garbage-collection"],
  ["scanAll", "scan-all"],
  ["purgeaudit", "purge-audit"],
] as const;

/** Configuration, schedules and what tells how the system is. */
export const systemRoutes: readonly Route[] = [
  route("GET", "/ping", () => ok("Pong")),
  route("GET", "/health", () => ok({ status: "healthy", components: [{ name: "core", status: "healthy" }] })),
  route("GET", "/systeminfo", ({ harbor }) =>
    ok({
      harbor_version: "v2.13.0-stand-in",
      auth_mode: harbor.state.settings["auth_mode"],
      self_registration: false,
      read_only: harbor.state.settings["read_only"],
    }),
  ),
  route("GET", "/configurations", (call) => {
    call.harbor.requireSystem(call.who, "configuration", "read");
    return ok(
      Object.fromEntries(
        Object.entries(call.harbor.state.settings)
          .filter(([key]) => !secretSettings.has(key))
          .map(([key, value]) => [key, { value, editable: true }]),
      ),
    );
  }),
  route("PUT", "/configurations", configure),
  route("GET", "/system/CVEAllowlist", (call) => {
    call.harbor.requireSystem(call.who, "configuration", "read");
    return ok(call.harbor.state.systemCveAllowlist);
  }),
  route("PUT", "/system/CVEAllowlist", (call) => {
    call.harbor.requireSystem(call.who, "configuration", "update");
    call.harbor.state.systemCveAllowlist = {
      items: call.body.list("items") ?? [],
      expires_at: call.body.integer("expires_at") ?? null,
    };
    return ok();
  }),
  ...schedules.flatMap(([name, resource]) => scheduleRoutes(`/system/${name}/schedule`, resource)),
];

function scheduleRoutes(path: string, resource: string): Route[] {
  return [
    route("GET", path, (call) => {
      call.harbor.requireSystem(call.who, resource, "read");
      return ok(call.harbor.state.schedules[path] ?? {});
    }),
    route("POST", path, (call) => {
      call.harbor.requireSystem(call.who, resource, "create");
      if (call.harbor.state.schedules[path] !== undefined) {
        throw precondition("fail to set schedule as always had one, please delete it firstly then to re-schedule");
      }
      return created(call, keepSchedule(call, path));
    }),
    route("PUT", path, (call) => {
      call.harbor.requireSystem(call.who, resource, "update");
      keepSchedule(call, path);
      return ok();
    }),
  ];
}

function keepSchedule(call: Call, path: string): number {
  const schedule = call.body.object("schedule");
  const type = schedule?.text("type") ?? "";
  if (schedule === undefined || type === "") throw badRequest("a schedule wants a type");
  const id = call.harbor.store.nextId("schedule");
  if (type === "None") {
    const { schedules: kept } = call.harbor.state;
    Reflect.deleteProperty(kept, path);
    return id;
  }
  call.harbor.state.schedules[path] = {
    id,
    schedule: { ...schedule.value },
    parameters: call.body.object("parameters")?.value ?? {},
    creation_time: call.harbor.stamp(),
    update_time: call.harbor.stamp(),
  };
  return id;
}

function configure(call: Call): ReturnType<Route["handle"]> {
  const { harbor, body } = call;
  harbor.requireSystem(call.who, "configuration", "update");
  const { settings, users } = harbor.state;
  const changes: [string, SettingValue][] = [];
  for (const [key, value] of Object.entries(body.value)) {
    if (value === null || value === undefined) continue;
    const old = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (old === undefined) throw badRequest(`${key} is not a configuration item`);
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw badRequest(`invalid value of ${key}`);
    }
    if (typeof value !== typeof old) throw badRequest(`the value of ${key} must be a ${typeof old}`);
    changes.push([key, value]);
  }
  const mode = changes.find(([key]) => key === "auth_mode")?.[1];
  if (mode !== undefined && mode !== settings["auth_mode"] && users.length > 1) {
    throw forbidden("the auth mode cannot be modified as new users have been inserted into database");
  }
  Object.assign(settings, Object.fromEntries(changes));
  return ok();
}
