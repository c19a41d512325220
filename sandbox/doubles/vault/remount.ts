import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "./session";

/** Moves a secrets engine or an auth method; Vault does it in the background. */
export async function remount({ client }: Session, from: string, to: string): Promise<void> {
  const answer = await client.write("sys/remount", { from, to });
  const migration = answer?.data["migration_id"];
  if (typeof migration !== "string") return;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const info = (await client.read(`sys/remount/status/${migration}`))?.data["migration_info"];
    const status = typeof info === "object" && info !== null && "status" in info ? info.status : undefined;
    if (status === "success") return;
    if (status === "failure") throw new Error(`moving ${from} to ${to} failed`);
    await sleep(100);
  }
  throw new Error(`moving ${from} to ${to} takes too long`);
}
