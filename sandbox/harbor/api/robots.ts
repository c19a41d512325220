import type { Fields } from "../fields";
import type { Harbor } from "../harbor";
import { robotName } from "../identity";
import { isGrantable } from "../permissions";
import { badRequest, conflict, forbidden, notFound, unauthorized } from "../refusal";
import { asked, created, idParam, ok, paged, route, type Call, type Route } from "../route";
import { hashed, isStrong, newSecret } from "../secret";
import type { Robot, RobotPermission } from "../state";

const nameRule = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const longestDuration = 2 ** 31 - 1;

export const robotRoutes: readonly Route[] = [
  route("POST", "/robots", createRobot),
  route("GET", "/robots", (call) => {
    const terms = new Map(
      (call.query.get("q") ?? "").split(",").map((term): [string, string] => {
        const [key = "", value = ""] = term.split("=");
        return [key.toLowerCase().replace("_", ""), value];
      }),
    );
    const level = terms.get("level") ?? "system";
    if (level !== "system" && level !== "project") throw badRequest("bad request error level input");
    const project = terms.get("projectid");
    if (level === "project" && project === undefined)
      throw badRequest("must with project ID when to query project robots");
    requireRobotAccess(call, level, Number(project), "list");
    const rows = call.harbor.state.robots
      .filter((robot) => robot.level === level && (level === "system" || String(robot.projectId) === project))
      .map((robot) => ({ ...robotView(call.harbor, robot), project_id: robot.projectId }));
    return paged(call, rows.filter(asked(call)));
  }),
  route("GET", "/robots/:id", (call) => ok(robotView(call.harbor, find(call, "read")))),
  route("PUT", "/robots/:id", updateRobot),
  route("PATCH", "/robots/:id", (call) => {
    const robot = find(call, "update");
    const given = call.body.text("secret") ?? "";
    if (given !== "" && !isStrong(given)) {
      throw badRequest(
        "the secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, 1 lowercase letter and 1 number",
      );
    }
    const secret = given === "" ? newSecret() : given;
    robot.secret = hashed(secret);
    robot.updated = call.harbor.stamp();
    // One that the caller brought is not said again.
    return ok({ secret: given === "" ? secret : "" });
  }),
  route("DELETE", "/robots/:id", (call) => {
    const { id } = find(call, "delete");
    call.harbor.state.robots = call.harbor.state.robots.filter((each) => each.id !== id);
    return ok();
  }),
];

function createRobot(call: Call): ReturnType<Route["handle"]> {
  const { harbor, body } = call;
  if (call.who.kind === "anonymous") throw unauthorized();
  const name = body.text("name") ?? "";
  if (!nameRule.test(name)) throw badRequest("robot name is not in lower case or contains illegal characters");
  const level = levelOf(body);
  const duration = durationOf(harbor, body);
  const permissions = permissionsOf(harbor, body, level);
  const scope = permissions[0]?.scope;
  const projectId = level === "project" && typeof scope === "object" ? scope.projectId : null;
  requireRobotAccess(call, level, projectId, "create");
  const project = harbor.state.projects.find(({ id }) => id === projectId);
  const whole = project === undefined ? name : `${project.name}+${name}`;
  if (harbor.state.robots.some((each) => each.name === whole)) throw conflict(`robot ${whole} already exists`);
  // A secret in the request is not used: Harbor takes one by PATCH.
  const secret = newSecret();
  const at = harbor.stamp();
  const robot: Robot = {
    id: harbor.store.nextId("robot"),
    name: whole,
    level,
    projectId,
    description: body.text("description") ?? "",
    duration,
    expiresAt: expiry(at, duration),
    // Neither can a robot be made disabled: that takes a PUT.
    disabled: false,
    permissions,
    secret: hashed(secret),
    created: at,
    updated: at,
  };
  harbor.state.robots.push(robot);
  return created(call, robot.id, {
    id: robot.id,
    name: robotName(harbor.state, robot),
    secret,
    creation_time: robot.created,
    expires_at: robot.expiresAt,
  });
}

function updateRobot(call: Call): ReturnType<Route["handle"]> {
  const { harbor, body } = call;
  const robot = find(call, "update");
  const level = levelOf(body);
  const duration = durationOf(harbor, body);
  const permissions = permissionsOf(harbor, body, level);
  if (level !== robot.level || body.text("name") !== robotName(harbor.state, robot)) {
    throw badRequest("cannot update the level or name of robot");
  }
  const scope = permissions[0]?.scope;
  if (level === "project" && (typeof scope !== "object" || scope.projectId !== robot.projectId)) throw forbidden();
  if (duration !== robot.duration) {
    robot.duration = duration;
    // Counted from its birth: a robot does not become younger by an update.
    robot.expiresAt = expiry(robot.created, duration);
  }
  robot.description = body.text("description") ?? "";
  robot.disabled = body.truth("disable") ?? false;
  robot.permissions = permissions;
  robot.updated = harbor.stamp();
  return ok();
}

function expiry(from: string, days: number): number {
  return days === -1 ? -1 : Math.floor(Date.parse(from) / 1000) + days * 86_400;
}

function levelOf(body: Fields): Robot["level"] {
  const level = body.text("level") ?? "";
  if (level !== "system" && level !== "project") throw badRequest(`bad request error level input: ${level}`);
  return level;
}

function durationOf(harbor: Harbor, body: Fields): number {
  const duration = body.integer("duration") ?? 0;
  if (duration < -1 || duration >= longestDuration) {
    throw badRequest(
      `bad request error duration input: ${String(duration)}, duration must be either -1(Never) or a positive integer`,
    );
  }
  return duration === 0 ? Number(harbor.state.settings["robot_token_duration"]) : duration;
}

function permissionsOf(harbor: Harbor, body: Fields, level: Robot["level"]): RobotPermission[] {
  const given = body.objects("permissions");
  if (given.length === 0) throw badRequest("bad request empty permission");
  if (level === "project" && given.length > 1) throw badRequest("bad request permission");
  return given.map((permission) => permissionOf(harbor, permission, level));
}

function permissionOf(harbor: Harbor, body: Fields, level: Robot["level"]): RobotPermission {
  const kind = body.text("kind") ?? "";
  const namespace = body.text("namespace") ?? "";
  if (kind !== "system" && kind !== "project") throw badRequest(`bad request permission level: ${kind}`);
  const access = body.objects("access").map((each) => {
    const effect = each.text("effect") ?? "";
    const pair = { resource: each.text("resource") ?? "", action: each.text("action") ?? "" };
    if (!isGrantable(kind, pair)) throw badRequest(`bad request permission: ${pair.resource}:${pair.action}`);
    return { ...pair, ...(effect === "" ? {} : { effect }) };
  });
  if (access.length === 0) throw badRequest("bad request empty access");
  if (kind === "system") {
    if (level === "project") throw badRequest("bad request permission");
    if (namespace !== "/") throw badRequest("unknown namespace");
    return { scope: "system", access };
  }
  if (namespace === "*") {
    if (level === "project") throw badRequest("bad request permission");
    return { scope: "all-projects", access };
  }
  const project = harbor.project(namespace, true);
  if (project === undefined) throw notFound(`project ${namespace} not found`);
  return { scope: { projectId: project.id }, access };
}

function requireRobotAccess(call: Call, level: Robot["level"], projectId: number | null, action: string): void {
  if (level === "system") call.harbor.requireSystem(call.who, "robot", action);
  else call.harbor.requireProject(call.who, String(projectId), "robot", action);
}

function find(call: Call, action: string): Robot {
  if (call.who.kind === "anonymous") throw unauthorized();
  const id = idParam(call, "id");
  const robot = call.harbor.state.robots.find((each) => each.id === id);
  if (robot === undefined) throw notFound(`robot account ${String(id)} not found`);
  requireRobotAccess(call, robot.level, robot.projectId, action);
  return robot;
}

function robotView(harbor: Harbor, robot: Robot): Record<string, unknown> {
  return {
    id: robot.id,
    name: robotName(harbor.state, robot),
    description: robot.description,
    level: robot.level,
    duration: robot.duration,
    expires_at: robot.expiresAt,
    disable: robot.disabled,
    editable: true,
    permissions: robot.permissions.flatMap(({ scope, access }) => {
      if (scope === "system") return [{ kind: "system", namespace: "/", access }];
      if (scope === "all-projects") return [{ kind: "project", namespace: "*", access }];
      // A permission for a project that is gone is not shown.
      const project = harbor.state.projects.find(({ id }) => id === scope.projectId);
      return project === undefined ? [] : [{ kind: "project", namespace: project.name, access }];
    }),
    creation_time: robot.created,
    update_time: robot.updated,
  };
}
