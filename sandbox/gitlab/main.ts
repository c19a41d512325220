import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import type { Hosts } from "./hooks/sender";
import { startGitLab } from "./start";

/** `node gitlab.cjs --port <port> --data <folder> [--edition ce|ee]`; the token from GITLAB_ADMIN_TOKEN_FILE or GITLAB_ADMIN_TOKEN. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: "string" }, data: { type: "string" }, edition: { type: "string" } },
  });
  const file = process.env["GITLAB_ADMIN_TOKEN_FILE"];
  const adminToken =
    (file === undefined ? process.env["GITLAB_ADMIN_TOKEN"] : readFileSync(file, "utf8"))?.trim() ?? "";
  const edition = values.edition ?? "ce";
  if (values.port === undefined || values.data === undefined || adminToken === "") {
    throw new Error("--port, --data and GITLAB_ADMIN_TOKEN_FILE or GITLAB_ADMIN_TOKEN are needed");
  }
  if (edition !== "ce" && edition !== "ee") throw new Error("--edition is ce or ee");
  const hosts = hostsOf(process.env["GITLAB_WEBHOOK_HOSTS"] ?? "{}");
  const running = await startGitLab({ port: Number(values.port), data: values.data, edition, adminToken, hosts });
  process.stdout.write(`${new Date().toISOString()} GitLab's stand-in (${edition}) listens on ${running.url}\n`);
  const end = (): void => void running.close().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}

function hostsOf(text: string): Hosts {
  const value: unknown = JSON.parse(text);
  const entries = Object.entries(typeof value === "object" ? { ...value } : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
