import { readFileSync } from "node:fs";
import { join } from "node:path";

import { startHarbor } from "./server";

/** Harbor's stand-in as a process of the sandbox; everything comes by environment, because this file runs as a bundle. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const dir = env["ESTATE_HARBOR_DIR"] ?? "";
  const harbor = await startHarbor({
    dir,
    adminPassword: readFileSync(join(dir, "admin-password"), "utf8"),
    port: Number(env["ESTATE_HARBOR_PORT"]),
    registry: env["ESTATE_HARBOR_REGISTRY"] ?? "",
    log: (line) => process.stdout.write(`${new Date().toISOString()} ${line}\n`),
  });
  process.stdout.write(`${new Date().toISOString()} Harbor's stand-in listens on ${harbor.url}\n`);
  process.once("SIGTERM", () => void harbor.close().then(() => process.exit(0)));
}

void main(process.env);
