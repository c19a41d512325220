import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Cluster } from "./cluster";

// Whose tokens an API server takes besides its own: nobody's at first. It looks at the file again when that changes.

/** The file of `kube-apiserver --authentication-config`. */
export const authenticationFile = ({ folder }: Pick<Cluster, "folder">): string => join(folder, "authentication.json");

/** Says whose tokens it takes. */
export function writeAuthentication(cluster: Pick<Cluster, "folder">, jwt: readonly object[]): void {
  const document = { apiVersion: "apiserver.config.k8s.io/v1", kind: "AuthenticationConfiguration", jwt };
  writeFileSync(authenticationFile(cluster), `${JSON.stringify(document, undefined, 2)}\n`, { mode: 0o600 });
}

/** The file of a cluster that trusts nobody else; what is there stays. */
export function prepareAuthentication(cluster: Pick<Cluster, "folder">): void {
  if (!existsSync(authenticationFile(cluster))) writeAuthentication(cluster, []);
}
