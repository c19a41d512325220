import type { IncomingMessage, ServerResponse } from "node:http";

import { overQuota } from "./artifacts";
import { announcePush } from "./events";
import { ask, bodyOf, passBack, type Forward } from "./forward";
import type { Harbor } from "./harbor";
import { identify } from "./identity";
import {
  blobsOf,
  isDigest,
  recordPush,
  recordRemoval,
  refuseOverQuota,
  refuseOverwrite,
  refuseRemoval,
  type Push,
} from "./manifest";
import { badRequest, denied, notFound, Refusal } from "./refusal";
import { allowedActions } from "./token-service";
import type { TokenAccess } from "./token";
import type { Project } from "./state";

/** The registry itself takes no larger manifest. */
const largestManifest = 4 * 1024 * 1024;

interface Place {
  readonly repository: string;
  readonly kind: string;
  readonly rest: string;
}

/**
 * `/v2/`: the registry's own protocol. The registry judges the tokens; what Harbor adds to it is judged here: login by
 * Basic auth, immutable tags, quotas, read-only mode.
 */
export async function serveDistribution(
  harbor: Harbor,
  incoming: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const path = plainPath(url.pathname);
  const place = placeOf(path);
  const target = new URL(path + url.search, harbor.backend.address());
  const authorization = authorizationFor(harbor, incoming, place, url.searchParams);
  const forward: Forward = { target, authorization };
  const token = /^bearer (.+)$/i.exec(authorization ?? "")?.[1] ?? "";
  const method = incoming.method ?? "GET";
  if (place === undefined || method === "GET" || method === "HEAD") {
    await passBack(await ask(incoming, forward), response);
    return;
  }
  const action = method === "DELETE" && place.kind !== "uploads" ? "delete" : "push";
  if (!harbor.backend.tokens.opens(token, place.repository, action)) {
    // The registry refuses it, with the challenge that tells the client which token to fetch.
    await passBack(await ask(incoming, forward), response);
    return;
  }
  const project = harbor.project(place.repository.slice(0, place.repository.indexOf("/")), true);
  // A token outlives its project by some minutes.
  if (project === undefined) throw notFound(`project of ${place.repository} not found`);
  if (harbor.state.settings["read_only"] === true) {
    throw denied("The system is in read only mode. Any modification is prohibited.");
  }
  if (place.kind === "manifests" && method === "PUT") {
    await pushManifest(harbor, incoming, response, { place, project, forward, token });
  } else if (place.kind === "manifests" && method === "DELETE") {
    await deleteManifest(harbor, incoming, response, { place, project, forward, token });
  } else {
    const length = Number(incoming.headers["content-length"] ?? 0);
    const why = length > 0 ? overQuota(harbor.state, project, length) : undefined;
    if (why !== undefined) throw denied(why);
    await passBack(await ask(incoming, forward), response);
  }
}

interface Granted {
  readonly place: Place;
  readonly project: Project;
  readonly forward: Forward;
  readonly token: string;
}

async function pushManifest(
  harbor: Harbor,
  incoming: IncomingMessage,
  response: ServerResponse,
  { place, project, forward, token }: Granted,
): Promise<void> {
  const body = await bodyOf(incoming, largestManifest);
  const mediaType = incoming.headers["content-type"] ?? "";
  const push: Push = { repository: place.repository, project, reference: place.rest, mediaType, body };
  const { answer, digest } = await harbor.exclusive(async () => {
    refuseOverwrite(harbor, push);
    const blobs = await blobsOf(harbor, push);
    refuseOverQuota(harbor, push, blobs);
    const taken = await ask(incoming, { ...forward, body });
    const header = taken.headers["docker-content-digest"];
    const known = taken.statusCode === 201 && typeof header === "string" ? header : undefined;
    if (known !== undefined) recordPush(harbor, push, known, blobs);
    return { answer: taken, digest: known };
  });
  await passBack(answer, response);
  if (digest !== undefined) announcePush(harbor, push, digest, harbor.backend.tokens.subjectOf(token));
}

async function deleteManifest(
  harbor: Harbor,
  incoming: IncomingMessage,
  response: ServerResponse,
  { place, project, forward }: Granted,
): Promise<void> {
  if (!isDigest(place.rest)) throw new Refusal(405, "UNSUPPORTED", "a manifest is deleted by its digest");
  const answer = await harbor.exclusive(async () => {
    refuseRemoval(harbor, project, place.repository, place.rest);
    const taken = await ask(incoming, forward);
    if (taken.statusCode === 202) recordRemoval(harbor, place.repository, place.rest);
    return taken;
  });
  await passBack(answer, response);
}

/** A path as the registry will read it. What it would read in another way than we do is not passed on. */
function plainPath(raw: string): string {
  let path: string;
  try {
    path = decodeURIComponent(raw);
  } catch {
    throw badRequest("the path cannot be decoded");
  }
  if (!/^\/v2(\/[\w.:@=+-]+)*\/?$/.test(path) || /\/\.\.?(\/|$)/.test(path)) throw badRequest("invalid path");
  return path === "/v2" ? "/v2/" : path;
}

function placeOf(path: string): Place | undefined {
  if (path === "/v2/" || path === "/v2/_catalog") return undefined;
  const upload = /^\/v2\/(.+)\/blobs\/uploads(?:\/(.*))?$/.exec(path);
  if (upload !== null) return { repository: upload[1] ?? "", kind: "uploads", rest: upload[2] ?? "" };
  const found = /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/([^/]+)$/.exec(path);
  if (found === null) throw notFound("no such path in the registry's protocol");
  return { repository: found[1] ?? "", kind: found[2] ?? "", rest: found[3] ?? "" };
}

/** Basic auth is changed into a token of what its holder may do here; anything else goes on as it is. */
function authorizationFor(
  harbor: Harbor,
  incoming: IncomingMessage,
  place: Place | undefined,
  query: URLSearchParams,
): string | undefined {
  const given = incoming.headers.authorization;
  if (given === undefined || !/^basic /i.test(given)) return given;
  const who = identify(harbor.gate(), given);
  if (who === undefined || who.kind === "anonymous") {
    throw new Refusal(401, "UNAUTHORIZED", "unauthorized", { "www-authenticate": 'Basic realm="harbor"' });
  }
  const access: TokenAccess[] = [];
  if (place === undefined) {
    if (who.kind === "admin") access.push({ type: "registry", name: "catalog", actions: ["*"] });
  } else {
    const actions = allowedActions(harbor, who, place.repository, ["*"]);
    access.push({ type: "repository", name: place.repository, actions });
    const from = query.get("from");
    if (from !== null && from !== place.repository) {
      access.push({ type: "repository", name: from, actions: allowedActions(harbor, who, from, ["pull"]) });
    }
  }
  return `Bearer ${harbor.backend.tokens.mint(who.name, access, 300).token}`;
}
