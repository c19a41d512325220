import { publicAllows, roleAllows } from "./permissions";
import { isSecret, sameText } from "./secret";
import type { HarborState, Project, Robot, RobotPermission, User } from "./state";

/** Who asks. */
export type Identity =
  | { readonly kind: "anonymous" }
  | { readonly kind: "admin"; readonly name: string }
  | { readonly kind: "user"; readonly name: string; readonly user: User }
  | { readonly kind: "robot"; readonly name: string; readonly robot: Robot };

export const anonymous: Identity = { kind: "anonymous" };

/** What is needed to tell who asks. */
export interface Gate {
  readonly state: HarborState;
  readonly adminPassword: string;
  readonly now: Date;
}

/** A robot's full name, as clients log in with it. */
export function robotName(state: HarborState, robot: Robot): string {
  return `${String(state.settings["robot_name_prefix"])}${robot.name}`;
}

/** Whether a robot's days are over. */
export function hasExpired(robot: Robot, now: Date): boolean {
  return robot.expiresAt !== -1 && now.getTime() >= robot.expiresAt * 1000;
}

/** Who is behind an Authorization header; undefined when it names nobody who may log in. No header is anonymous. */
export function identify(gate: Gate, authorization: string | undefined): Identity | undefined {
  if (authorization === undefined) return anonymous;
  const [scheme, encoded = ""] = authorization.split(" ");
  if (scheme?.toLowerCase() !== "basic") return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return byPassword(gate, text.slice(0, colon), text.slice(colon + 1));
}

function byPassword(gate: Gate, name: string, password: string): Identity | undefined {
  if (name === "admin") return sameText(password, gate.adminPassword) ? { kind: "admin", name } : undefined;
  const robot = gate.state.robots.find((each) => robotName(gate.state, each) === name);
  if (robot !== undefined) {
    const open = !robot.disabled && !hasExpired(robot, gate.now) && isSecret(password, robot.secret);
    return open ? { kind: "robot", name, robot } : undefined;
  }
  const user = gate.state.users.find((each) => each.username === name);
  if (user?.password == null || !isSecret(password, user.password)) return undefined;
  return user.sysadmin ? { kind: "admin", name } : { kind: "user", name, user };
}

/** Whether somebody has a right in a project. */
export function mayInProject(
  state: HarborState,
  who: Identity,
  project: Project,
  resource: string,
  action: string,
): boolean {
  if (who.kind === "admin") return true;
  if (project.metadata["public"] === "true" && publicAllows(resource, action)) return true;
  switch (who.kind) {
    case "anonymous":
      return false;
    case "robot":
      return robotMay(who.robot, (scope) => covers(scope, project), resource, action);
    case "user":
      return state.members.some(
        ({ projectId, entity, roleId }) =>
          projectId === project.id &&
          entity.type === "u" &&
          entity.id === who.user.id &&
          roleAllows(roleId, resource, action),
      );
  }
}

/** Whether somebody has a right in the system as a whole. */
export function mayInSystem(who: Identity, resource: string, action: string): boolean {
  if (who.kind === "admin") return true;
  return who.kind === "robot" && robotMay(who.robot, (scope) => scope === "system", resource, action);
}

const covers = (scope: RobotPermission["scope"], project: Project): boolean =>
  scope === "all-projects" || (typeof scope === "object" && scope.projectId === project.id);

function robotMay(
  robot: Robot,
  inScope: (scope: RobotPermission["scope"]) => boolean,
  resource: string,
  action: string,
): boolean {
  const matching = robot.permissions
    .filter(({ scope }) => inScope(scope))
    .flatMap(({ access }) => access)
    .filter((each) => each.resource === resource && each.action === action);
  return matching.length > 0 && matching.every(({ effect }) => effect !== "deny");
}
