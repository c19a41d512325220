import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The checkout this file is in. Bundles (doubles, operators) must not use it: they get what they need by environment. */
export const checkout = resolve(__dirname, "..");

/** Where built tools, CRD bundles and provider plugins are kept between checkouts. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["ESTATE_CACHE"]) return resolve(env["ESTATE_CACHE"]);
  if (env["XDG_CACHE_HOME"]) return join(resolve(env["XDG_CACHE_HOME"]), "estate");
  return join(homedir(), ".cache", "estate");
}

/** The sandbox's own folder: `--dir`, else `ESTATE_SANDBOX`, else `.sandbox/` in the checkout. */
export function sandboxFolder(dir?: string, env: NodeJS.ProcessEnv = process.env): string {
  if (dir !== undefined) return resolve(dir);
  if (env["ESTATE_SANDBOX"]) return resolve(env["ESTATE_SANDBOX"]);
  return join(checkout, ".sandbox");
}
