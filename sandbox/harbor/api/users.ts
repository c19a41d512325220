import type { Fields } from "../fields";
import { badRequest, conflict, forbidden, notFound, unauthorized } from "../refusal";
import { created, idParam, ok, paged, route, type Call, type Route } from "../route";
import { hashed, isStrong } from "../secret";
import type { User } from "../state";

export const userRoutes: readonly Route[] = [
  route("POST", "/users", (call) => {
    const { harbor, body } = call;
    harbor.requireSystem(call.who, "user", "create");
    if (harbor.state.settings["auth_mode"] !== "db_auth") throw forbidden("users come from the identity provider");
    const username = body.text("username") ?? "";
    if (username === "" || username.length > 255) throw badRequest("username with illegal length");
    const password = passwordOf(body, "password");
    const email = body.text("email") ?? "";
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw badRequest("invalid email");
    if (harbor.state.users.some((each) => each.username === username || each.email === email)) {
      throw conflict(`user ${username} or email ${email} already exists`);
    }
    const at = harbor.stamp();
    const user: User = {
      id: harbor.store.nextId("user"),
      username,
      email,
      realname: body.text("realname") ?? "",
      comment: body.text("comment") ?? "",
      sysadmin: false,
      password: hashed(password),
      created: at,
      updated: at,
    };
    harbor.state.users.push(user);
    return created(call, user.id);
  }),
  route("GET", "/users", (call) => {
    call.harbor.requireSystem(call.who, "user", "list");
    return paged(call, call.harbor.state.users.map(userView));
  }),
  route("GET", "/users/current", ({ harbor, who }) => {
    if (who.kind === "anonymous") throw unauthorized();
    const user = harbor.state.users.find(({ username }) => username === who.name);
    return ok(user === undefined ? { username: who.name } : userView(user));
  }),
  route("GET", "/users/search", (call) => {
    if (call.who.kind === "anonymous") throw unauthorized();
    const name = call.query.get("username") ?? "";
    const found = call.harbor.state.users.filter(({ username }) => username.includes(name));
    return paged(
      call,
      found.map(({ id, username }) => ({ user_id: id, username })),
    );
  }),
  route("GET", "/users/:id", (call) => ok(userView(find(call, "read")))),
  route("PUT", "/users/:id", (call) => {
    const user = find(call, "update");
    user.email = call.body.text("email") ?? user.email;
    user.realname = call.body.text("realname") ?? user.realname;
    user.comment = call.body.text("comment") ?? user.comment;
    user.updated = call.harbor.stamp();
    return ok();
  }),
  route("PUT", "/users/:id/password", (call) => {
    const user = find(call, "update");
    if (user.id === 1) throw forbidden("the sandbox keeps the admin's password in a file");
    user.password = hashed(passwordOf(call.body, "new_password"));
    return ok();
  }),
  route("PUT", "/users/:id/sysadmin", (call) => {
    call.harbor.requireSystem(call.who, "user", "update");
    const user = find(call, "update");
    user.sysadmin = call.body.truth("sysadmin_flag") ?? false;
    return ok();
  }),
  route("DELETE", "/users/:id", (call) => {
    call.harbor.requireSystem(call.who, "user", "delete");
    const { id } = find(call, "delete");
    if (id === 1) throw forbidden("the admin cannot be deleted");
    const { state } = call.harbor;
    state.users = state.users.filter((each) => each.id !== id);
    state.members = state.members.filter(({ entity }) => entity.type !== "u" || entity.id !== id);
    return ok();
  }),
];

function passwordOf(body: Fields, key: string): string {
  const password = body.text(key) ?? "";
  if (!isStrong(password)) {
    throw badRequest(
      "the password or secret must be longer than 8 chars with at least 1 uppercase letter, 1 lowercase letter and 1 number",
    );
  }
  return password;
}

/** A user for the admin, or for that user. */
function find(call: Call, action: string): User {
  const id = idParam(call, "id");
  if (!(call.who.kind === "user" && call.who.user.id === id && action !== "delete")) {
    call.harbor.requireSystem(call.who, "user", action);
  }
  const user = call.harbor.state.users.find((each) => each.id === id);
  if (user === undefined) throw notFound(`user ${String(id)} not found`);
  return user;
}

const userView = (user: User): Record<string, unknown> => ({
  user_id: user.id,
  username: user.username,
  email: user.email,
  realname: user.realname,
  comment: user.comment,
  sysadmin_flag: user.sysadmin,
  admin_role_in_auth: false,
  creation_time: user.created,
  update_time: user.updated,
});
