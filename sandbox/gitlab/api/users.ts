import { admin, caller } from "../access/guards";
import { now } from "../clock";
import { created, noContent, ok, page } from "../http/reply";
import { badParameter, conflict, forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Instance, Route } from "../instance";
import type { User } from "../model";
import { isTaken, userById } from "../namespaces";

/** A user as others see it. */
export function userBody(gitlab: Instance, user: User): Record<string, unknown> {
  return {
    id: user.id,
    username: user.username,
    public_email: null,
    name: user.name,
    state: user.state,
    locked: false,
    avatar_url: null,
    web_url: `${gitlab.url}/${user.username}`,
  };
}

/** A user as the user itself and administrators see it. */
export function fullUserBody(gitlab: Instance, user: User): Record<string, unknown> {
  return {
    ...userBody(gitlab, user),
    created_at: user.createdAt,
    bio: "",
    bot: user.bot,
    email: user.email,
    commit_email: user.email,
    external: false,
    is_admin: user.admin,
    can_create_group: true,
    can_create_project: true,
    projects_limit: 100_000,
    two_factor_enabled: false,
    identities: [],
    namespace_id: user.namespaceId,
  };
}

/** Makes a bot, the user behind a project's or group's access token. */
export function makeBot(gitlab: Instance, username: string, name: string): User {
  const bot: User = {
    id: gitlab.store.next("user"),
    username,
    name,
    email: `${username}@noreply.127.0.0.1`,
    admin: false,
    bot: true,
    state: "active",
    namespaceId: null,
    createdAt: now(),
  };
  gitlab.state.users.push(bot);
  return bot;
}

function list(call: Call): User[] {
  const [username, search] = [call.params.text("username"), call.params.text("search")?.toLowerCase()];
  const email = call.params.text("email");
  return call.state.users.filter(
    (user) =>
      (username === undefined || user.username.toLowerCase() === username.toLowerCase()) &&
      (email === undefined || user.email.toLowerCase() === email.toLowerCase()) &&
      (search === undefined ||
        [user.username, user.name, user.email].some((text) => text.toLowerCase().includes(search))),
  );
}

function create(call: Call): User {
  admin(call);
  const { params, state, gitlab } = call;
  const email = params.filledText("email");
  const name = params.filledText("name");
  const username = params.filledText("username");
  if (!["password", "reset_password", "force_random_password"].some((each) => params.has(each))) {
    throw badParameter(
      "password, reset_password, force_random_password are missing, at least one parameter must be provided",
    );
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(username) || /(\.git|\.atom|[.-])$/.test(username)) {
    throw invalid({
      username: [
        "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.', '.git' or '.atom'.",
      ],
    });
  }
  if (isTaken(state, null, username)) throw conflict("Username has already been taken");
  if (state.users.some((user) => user.email.toLowerCase() === email.toLowerCase())) {
    throw conflict("Email has already been taken");
  }
  const user: User = {
    id: gitlab.store.next("user"),
    username,
    name,
    email,
    admin: params.flag("admin") ?? false,
    bot: false,
    state: "active",
    namespaceId: gitlab.store.next("namespace"),
    createdAt: now(),
  };
  state.users.push(user);
  return user;
}

function wanted(call: Call): User {
  const user = userById(call.state, Number(call.path["id"]));
  if (user === undefined) throw notFound("User");
  return user;
}

function setState(call: Call, to: User["state"]): boolean {
  admin(call);
  const user = wanted(call);
  if (user.state === to) throw forbidden();
  user.state = to;
  return true;
}

/** GraphQL's one question that the plugin asks: who am I. */
function graphql(call: Call): Record<string, unknown> {
  const user = caller(call);
  return {
    data: {
      currentUser: {
        id: `gid://gitlab/User/${String(user.id)}`,
        username: user.username,
        name: user.name,
        bot: user.bot,
        publicEmail: null,
        namespace: { id: `gid://gitlab/Namespaces::UserNamespace/${String(user.namespaceId ?? 0)}` },
        groupCount: 0,
      },
    },
  };
}

/** Users. */
export const users: readonly Route[] = [
  {
    method: "GET",
    pattern: "user",
    scopes: ["read_user"],
    handle: (call) => ok(fullUserBody(call.gitlab, caller(call))),
  },
  {
    method: "GET",
    pattern: "users",
    scopes: ["read_user"],
    handle: (call) => {
      const body = caller(call).admin ? fullUserBody : userBody;
      return page(
        call.params,
        list(call).map((user) => body(call.gitlab, user)),
        call.address,
      );
    },
  },
  {
    method: "GET",
    pattern: "users/:id",
    scopes: ["read_user"],
    handle: (call) => ok((caller(call).admin ? fullUserBody : userBody)(call.gitlab, wanted(call))),
  },
  { method: "POST", pattern: "users", handle: (call) => created(fullUserBody(call.gitlab, create(call))) },
  { method: "POST", pattern: "users/:id/block", handle: (call) => created(setState(call, "blocked")) },
  { method: "POST", pattern: "users/:id/unblock", handle: (call) => created(setState(call, "active")) },
  {
    method: "DELETE",
    pattern: "users/:id",
    handle: (call) => {
      admin(call);
      const user = wanted(call);
      // What it made stays; GitLab hands that to a ghost, here nobody is shown.
      call.state.users.splice(call.state.users.indexOf(user), 1);
      call.state.members = call.state.members.filter((member) => member.userId !== user.id);
      call.state.tokens = call.state.tokens.filter((token) => token.userId !== user.id);
      return noContent();
    },
  },
  { method: "POST", pattern: "api/graphql", scopes: ["read_api", "read_user"], handle: (call) => ok(graphql(call)) },
];
