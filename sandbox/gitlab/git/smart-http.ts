import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { Refusal } from "../http/refusal";
import type { Instance } from "../instance";
import type { Project, User } from "../model";
import { gitPrincipal, repositoryFor, type Service } from "./access";
import { afterChanges, type RefChange } from "./changes";
import { readCommands } from "./commands";
import { judgePush } from "./push-rules";
import { noObject } from "./repositories";
import { gitEnvironment, tryGit } from "./run";

/** What a request to a repository asks for. */
export interface GitRequest {
  readonly path: string;
  readonly service: Service;
  readonly advertise: boolean;
}

/** Reads a request to a repository from its method and address; undefined when it is none. */
export function gitRequest(method: string, address: URL): GitRequest | undefined {
  const found = /^\/(.+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(address.pathname);
  const [, raw = "", what = ""] = found ?? [];
  const service = what === "info/refs" ? (address.searchParams.get("service") ?? "") : what;
  if (found === null || (service !== "git-upload-pack" && service !== "git-receive-pack")) return undefined;
  const advertise = what === "info/refs";
  if (method !== (advertise ? "GET" : "POST")) return undefined;
  return { path: decodeURIComponent(raw), service, advertise };
}

/** Serves a repository over smart HTTP, by the machine's own git. */
export async function serveGit(
  gitlab: Instance,
  wanted: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const principal = gitPrincipal(gitlab, request.headers.authorization);
  const project = repositoryFor(gitlab, wanted.path, wanted.service, principal);
  response.setHeader("Cache-Control", "no-cache, max-age=0, must-revalidate");
  if (wanted.advertise) {
    await advertise(gitlab, project, wanted.service, request, response);
    return;
  }
  if (request.headers["content-type"] !== `application/x-${wanted.service}-request`) {
    throw new Refusal(415, "Unsupported Media Type");
  }
  const body = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  response.setHeader("Content-Type", `application/x-${wanted.service}-result`);
  if (wanted.service === "git-upload-pack") {
    const child = start(gitlab, project, wanted.service, request, []);
    await converse(child, body, response);
    response.end();
    return;
  }
  if (principal === undefined || principal.kind === "deploy-token") throw new Refusal(403, "Forbidden");
  await receive(gitlab, project, principal.user, request, body, response);
}

async function receive(
  gitlab: Instance,
  project: Project,
  user: User,
  request: IncomingMessage,
  body: Readable,
  response: ServerResponse,
): Promise<void> {
  const { commands, head, rest } = await readCommands(body);
  const verdict = await judgePush(gitlab, project, user, commands);
  const wasEmpty = await gitlab.repositories.isEmpty(project);
  const child = start(gitlab, project, "git-receive-pack", request, [], {
    STAND_IN_REFUSAL: verdict.refusal ?? "",
    STAND_IN_REFS: commands.map((command) => command.ref).join(" "),
    STAND_IN_FAST_FORWARD: verdict.fastForward.join(" "),
  });
  await converse(
    child,
    Readable.from(
      (async function* () {
        yield head;
        yield* rest;
      })(),
    ),
    response,
  );
  const done: RefChange[] = [];
  for (const command of commands) {
    if (command.before !== command.after && (await isDone(gitlab, project, command))) done.push(command);
  }
  // Before the answer ends: who pushed finds the API up to date.
  if (done.length > 0) {
    await afterChanges(gitlab, project, user, done, wasEmpty);
    gitlab.store.save();
  }
  response.end();
}

async function isDone(gitlab: Instance, project: Project, command: RefChange): Promise<boolean> {
  const result = await tryGit(gitlab.repositories.folder(project), ["rev-parse", "--verify", "--quiet", command.ref]);
  const at = result.status === 0 ? result.stdout.toString("utf8").trim() : noObject;
  return at === command.after;
}

async function advertise(
  gitlab: Instance,
  project: Project,
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("Content-Type", `application/x-${service}-advertisement`);
  const second = service === "git-upload-pack" && /(^|:)version=2(:|$)/.test(protocolOf(request));
  if (!second) {
    const line = `# service=${service}\n`;
    response.write(`${(line.length + 4).toString(16).padStart(4, "0")}${line}0000`);
  }
  const child = start(gitlab, project, service, request, ["--advertise-refs"]);
  await converse(child, Readable.from([]), response);
  response.end();
}

const protocolOf = (request: IncomingMessage): string => {
  const value = request.headers["git-protocol"];
  return typeof value === "string" && /^[\w=:.]{1,100}$/.test(value) ? value : "";
};

function start(
  gitlab: Instance,
  project: Project,
  service: Service,
  request: IncomingMessage,
  options: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const folder = gitlab.repositories.folder(project);
  const args = [
    "-c",
    `core.hooksPath=${gitlab.repositories.hooks}`,
    service.replace(/^git-/, ""),
    "--stateless-rpc",
    ...options,
    folder,
  ];
  const protocol = protocolOf(request);
  return spawn("git", args, {
    cwd: folder,
    env: gitEnvironment({ ...(protocol === "" ? {} : { GIT_PROTOCOL: protocol }), ...env }),
  });
}

/** Feeds a git and passes on what it says, until it has ended. */
async function converse(
  child: ChildProcessWithoutNullStreams,
  input: Readable,
  response: ServerResponse,
): Promise<void> {
  // Its stderr is for an operator; what is meant for the client goes through the protocol.
  child.stderr.resume();
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
  // A git that has heard enough closes its end early; a client that goes away ends it.
  const fed = pipeline(input, child.stdin).catch(() => undefined);
  response.on("close", () => child.kill());
  child.stdout.pipe(response, { end: false });
  await ended;
  await Promise.race([fed, Promise.resolve()]);
}
