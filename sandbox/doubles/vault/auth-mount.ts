import { VaultStatusError } from "@estate/clients/vault";
import { text, textOr } from "../framework/bridge/fields";
import type { Input, Inputs } from "../framework/bridge/schema";
import type { BareMap, JsonMap } from "../framework/value";
import { asJson, changed, fromApi, noEdgeSlashes } from "./api";
import { remount } from "./remount";
import type { Session } from "./session";
import { fromTune, toTune, tune } from "./tune";

/** What both kinds of auth method take for the mount itself. */
export const mountInputs: Inputs = {
  description: { type: "string" },
  disableRemount: { type: "boolean", default: false },
  local: { type: "boolean", forceNew: true },
  tune,
};

/** The path of an auth method: a change moves it, or makes another if moving is forbidden. */
export const path: Input = {
  type: "string",
  validate: noEdgeSlashes,
  forceNew: (wanted: BareMap) => wanted["disableRemount"] === true,
};

/** Makes an auth method at its path. */
export async function enable(at: string, type: string, wanted: JsonMap, { client }: Session): Promise<void> {
  await client.write(`sys/auth/${at}`, {
    type,
    description: textOr(wanted, "description", ""),
    local: wanted["local"] === true,
    ...(wanted["identityTokenKey"] !== undefined && { config: { identity_token_key: wanted["identityTokenKey"] } }),
  });
}

/** Tunes a new auth method, if there is anything to tune. */
export async function tuneNew(at: string, wanted: JsonMap, { client }: Session): Promise<void> {
  const body = toTune(wanted["tune"]);
  if (Object.keys(body).length > 0) await client.write(`sys/auth/${at}/tune`, body);
}

/** Moves and tunes an existing auth method; answers where it is now. */
export async function retune(inputs: Inputs, olds: JsonMap, news: JsonMap, session: Session): Promise<string> {
  const [from, to] = [text(olds, "path"), text(news, "path")];
  if (from !== to) await remount(session, `auth/${from}`, `auth/${to}`);
  const body = {
    ...(changed(inputs, ["tune"], olds, news) && toTune(news["tune"], olds["tune"])),
    ...(changed(inputs, ["description"], olds, news) && { description: textOr(news, "description", "") }),
    ...(changed(inputs, ["identityTokenKey"], olds, news) && {
      identity_token_key: textOr(news, "identityTokenKey", ""),
    }),
  };
  if (Object.keys(body).length > 0) await session.client.write(`sys/auth/${to}/tune`, body);
  return to;
}

/** The mount of an auth method: `undefined` if there is none. */
export async function readAuth(
  inputs: Inputs,
  at: string,
  prior: JsonMap,
  { client }: Session,
): Promise<JsonMap | undefined> {
  let found: JsonMap | undefined;
  try {
    found = asJson((await client.read(`sys/auth/${at}`))?.data);
  } catch (error) {
    // Vault says 400, not 404, for an auth method that is not there.
    if (error instanceof VaultStatusError && error.status === 400) return undefined;
    throw error;
  }
  const tuned = asJson((await client.read(`sys/auth/${at}/tune`))?.data);
  if (found === undefined || tuned === undefined) return undefined;
  return {
    path: at,
    type: text(found, "type"),
    accessor: text(found, "accessor"),
    ...fromApi(inputs, ["description", "local"], found, prior),
    ...(inputs["identityTokenKey"] !== undefined && fromApi(inputs, ["identityTokenKey"], tuned, prior)),
    tune: fromTune(tuned, prior["tune"]),
  };
}
