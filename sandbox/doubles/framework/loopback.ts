import { isIP } from "node:net";

/** True if the host can only be this machine. Names other than `localhost` are not resolved: they may change. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (bare === "localhost" || bare === "::1") return true;
  const mapped = bare.replace(/^::ffff:/, "");
  return isIP(mapped) === 4 && mapped.startsWith("127.");
}

/** The address as a URL, if it is on this machine. A double never speaks to anything else. */
export function requireLoopback(double: string, address: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new Error(`the sandbox's double of ${double} was given ${JSON.stringify(address)}, which is not a URL`);
  }
  if (!isLoopback(url.hostname)) {
    throw new Error(
      `the sandbox's double of ${double} refuses ${url.origin}: it only speaks to this machine. ` +
        `Take the sandbox's doubles off PATH (they come from "sandbox env --doubles") to use the real plugin.`,
    );
  }
  return url;
}
