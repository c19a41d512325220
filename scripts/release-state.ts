import type { Sandbox } from "@estate/sandbox";

/** What `pulumi stack export` prints, as far as it is read here. */
interface Exported {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly Readonly<Record<string, unknown>>[];
    readonly secrets_providers?: unknown;
  };
}

/** Where a sandbox has its parts: host and port by name. */
export type Hosts = Readonly<Record<string, string>>;

/** The hosts of a sandbox, which are others in each. */
export function hostsOf({
  vault,
  gitlab,
  harbor,
  clusters,
}: Pick<Sandbox, "vault" | "gitlab" | "harbor" | "clusters">): Hosts {
  const hostOf = (url: string): string => new URL(url).host;
  return {
    vault: hostOf(vault.address),
    gitlab: hostOf(gitlab.url),
    harbor: hostOf(harbor.url),
    ...Object.fromEntries(Object.entries(clusters).map(([name, { server }]) => [`cluster-${name}`, hostOf(server)])),
  };
}

/** A kept state as if it had been made in the sandbox that has these hosts. */
export function stateAt(kept: string, hosts: Hosts): string {
  return Object.entries(hosts).reduce((text, [name, host]) => text.replaceAll(`@${name}@`, host), kept);
}

/** What no preview reads: it differs at each recording. */
const unread = new Set(["created", "modified", "sourcePosition", "stackTrace"]);

/**
 * A state as it is kept of a release: what a preview needs of it. Secrets stay as the engine wrote
 * them, encrypted by the sandbox's passphrase, which is no secret; what they open ended with the sandbox.
 */
export function keptState(exported: string, hosts: Hosts): string {
  const { version, deployment } = JSON.parse(exported) as Exported;
  const { resources = [], secrets_providers } = deployment;
  const text = JSON.stringify({
    version,
    deployment: {
      manifest: { time: "2000-01-01T00:00:00Z" },
      secrets_providers,
      resources: resources.map((resource) =>
        Object.fromEntries(Object.entries(resource).filter(([key]) => !unread.has(key))),
      ),
    },
  });
  return Object.entries(hosts).reduce((kept, [name, host]) => kept.replaceAll(host, `@${name}@`), text);
}
