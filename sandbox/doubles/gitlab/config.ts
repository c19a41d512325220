import { flag, submap, text, textOr } from "../framework/bridge/fields";
import type { ConfigTable } from "../framework/bridge/config";
import { requireLoopback } from "../framework/loopback";
import type { BareMap, JsonMap } from "../framework/value";
import { Session } from "./session";

/** The provider's own configuration, with the environment variables that stand in for absent values. */
export const config: ConfigTable = {
  baseUrl: { type: "string", env: ["GITLAB_BASE_URL"] },
  cacertFile: { type: "string" },
  clientCert: { type: "string" },
  clientKey: { type: "string" },
  configFile: { type: "string", env: ["GITLAB_CONFIG_FILE"] },
  context: { type: "string", env: ["GITLAB_CONTEXT"] },
  earlyAuthCheck: { type: "boolean", default: true, env: ["GITLAB_EARLY_AUTH_CHECK"] },
  enableAutoCiSupport: { type: "boolean" },
  headers: { type: { map: "string" } },
  insecure: { type: "boolean" },
  retries: { type: "integer" },
  token: { type: "string", secret: true, env: ["GITLAB_TOKEN"] },
};

/** Other ways to log in, and TLS with certificates of one's own. */
const NOT_SIMULATED = [
  "cacertFile",
  "clientCert",
  "clientKey",
  "configFile",
  "context",
  "enableAutoCiSupport",
] as const;

/** Refuses what the double does not simulate, and addresses that are not on this machine. */
export function refuse(given: BareMap): void {
  const found = NOT_SIMULATED.find((name) => (given[name] ?? false) !== false && given[name] !== "");
  if (found !== undefined) throw new Error(`${found} is not simulated by the sandbox's double of gitlab`);
  const { baseUrl } = given;
  // Without an address, the real one speaks to GitLab's own public server.
  if (baseUrl === undefined) requireLoopback("gitlab", "https://gitlab.com/");
  if (typeof baseUrl === "string") requireLoopback("gitlab", baseUrl);
}

/** A session for a configuration; nothing is asked yet. */
export function connect(given: JsonMap): Session {
  const address = text(given, "baseUrl");
  requireLoopback("gitlab", address);
  return new Session(base(address), textOr(given, "token", undefined), headers(given));
}

/** True if the configuration wants a look at the server before anything else. */
export function wantsEarlyCheck(given: JsonMap): boolean {
  return flag(given, "earlyAuthCheck");
}

function headers(given: JsonMap): Record<string, string> {
  return Object.fromEntries(
    Object.entries(submap(given, "headers")).flatMap(([key, value]) =>
      typeof value === "string" ? [[key, value]] : [],
    ),
  );
}

/** The client adds what is missing of the API's path. */
function base(address: string): string {
  const folder = address.endsWith("/") ? address : `${address}/`;
  return folder.endsWith("/api/v4/") ? folder : `${folder}api/v4/`;
}
