import { numberOr, textOr } from "../framework/bridge/fields";
import type { ConfigTable } from "../framework/bridge/config";
import { requireLoopback } from "../framework/loopback";
import type { BareMap, JsonMap } from "../framework/value";
import { HarborApi } from "./api";

/** The provider's own configuration, with the environment variables that stand in for absent values. */
export const config: ConfigTable = {
  url: { type: "string", env: ["HARBOR_URL"] },
  username: { type: "string", env: ["HARBOR_USERNAME"] },
  password: { type: "string", secret: true, env: ["HARBOR_PASSWORD"] },
  bearerToken: { type: "string" },
  sessionId: { type: "string" },
  insecure: { type: "boolean", default: true, env: ["HARBOR_IGNORE_CERT"] },
  apiVersion: { type: "integer", default: 2 },
  robotPrefix: { type: "string" },
};

/** A connection to Harbor. */
export interface Session {
  readonly api: HarborApi;
  /** What the names of system robots begin with, if the configuration says so. */
  readonly robotPrefix: string | undefined;
}

/** Refuses a configuration without an address, or with one that is not on this machine. Nothing is asked yet. */
export function refuse(given: BareMap): void {
  const { url } = given;
  if (url === undefined || url === "") throw new Error("the harbor provider needs a url (or HARBOR_URL)");
  if (typeof url === "string") requireLoopback("harbor", url);
  if (given["apiVersion"] !== 2) throw new Error("the sandbox's double of harbor knows version 2 of the API only");
}

/** A session for a configuration. A wrong password shows at the first resource. */
export function connect(given: JsonMap): Session {
  const url = textOr(given, "url", "");
  requireLoopback("harbor", url);
  return {
    api: new HarborApi({
      base: `${url.replace(/\/+$/, "")}/api/v${numberOr(given, "apiVersion", 2)}.0`,
      sessionId: nonEmpty(given, "sessionId"),
      bearerToken: nonEmpty(given, "bearerToken"),
      username: textOr(given, "username", ""),
      password: textOr(given, "password", ""),
    }),
    robotPrefix: nonEmpty(given, "robotPrefix"),
  };
}

/** An empty text is none. */
function nonEmpty(given: JsonMap, key: string): string | undefined {
  const value = textOr(given, key, "");
  return value === "" ? undefined : value;
}
