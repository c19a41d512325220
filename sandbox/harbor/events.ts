import { shortName } from "./artifacts";
import type { Harbor } from "./harbor";
import { isDigest, type Push } from "./manifest";

/** A sandbox speaks to nobody outside of its machine. */
const loopback = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Tells the project's webhooks of a push, as Harbor's `http` targets are told. Nobody waits for them. */
export function announcePush(harbor: Harbor, push: Push, digest: string, operator: string): void {
  const hooks = harbor.state.webhooks.filter(
    ({ projectId, enabled, eventTypes }) =>
      projectId === push.project.id && enabled && eventTypes.includes("PUSH_ARTIFACT"),
  );
  const event = JSON.stringify({
    type: "PUSH_ARTIFACT",
    occur_at: Math.floor(harbor.now().getTime() / 1000),
    operator,
    event_data: {
      resources: [{ digest, tag: isDigest(push.reference) ? digest : push.reference, resource_url: push.repository }],
      repository: {
        name: shortName(push.repository),
        namespace: push.project.name,
        repo_full_name: push.repository,
        repo_type: push.project.metadata["public"] === "true" ? "public" : "private",
      },
    },
  });
  for (const { targets } of hooks) for (const target of targets) void send(target, event);
}

async function send(target: Readonly<Record<string, unknown>>, body: string): Promise<void> {
  const address = String(target["address"]);
  if (target["type"] !== "http" || !loopback.has(new URL(address).hostname)) return;
  const authorization = typeof target["auth_header"] === "string" ? target["auth_header"] : "";
  try {
    await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization === "" ? {} : { authorization }) },
      body,
      signal: AbortSignal.timeout(10_000),
    });
  } catch (thrown) {
    process.stderr.write(`webhook ${address}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  }
}
