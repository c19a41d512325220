import { stringify } from "yaml";

/** One context and what it stands for. */
export interface KubeconfigEntry {
  readonly context: string;
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly user: string;
  readonly token: string;
}

/** A kubeconfig with one cluster, user and context per entry; the first is current. */
export function kubeconfigText(entries: readonly KubeconfigEntry[]): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: entries.map(({ context, server, ca }) => ({
      name: context,
      cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") },
    })),
    users: entries.map(({ user, token }) => ({ name: user, user: { token } })),
    contexts: entries.map(({ context, user }) => ({ name: context, context: { cluster: context, user } })),
    "current-context": entries[0]?.context ?? "",
  });
}
