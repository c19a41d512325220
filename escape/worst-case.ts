import type { Manifest } from "@estate/clients";
import { home, mallory, moving, neighbour, pooled, virtual } from "./attack";

const rbac = "rbac.authorization.k8s.io";

/** Binds somebody to cluster-admin in a namespace. */
const bound = (namespace: string, name: string, subject: object): Manifest => ({
  apiVersion: `${rbac}/v1`,
  kind: "RoleBinding",
  metadata: { name, namespace },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" },
  subjects: [subject],
});

/** The homes of the trials. */
export const allHomes: readonly string[] = [home, neighbour, pooled, moving, virtual];

/** The worst that RoleBindings can grant: all to somebody in these homes, and to the accounts that Estate makes in one. */
export function worstCase(homes: readonly string[] = allHomes): Manifest[] {
  const user = { apiGroup: rbac, kind: "User", name: mallory.user };
  return [
    ...homes.map((namespace) => bound(namespace, "worst-case", user)),
    ...["reconciler", "secret-reader"].map((name) =>
      bound(home, `worst-case-${name}`, { kind: "ServiceAccount", name, namespace: home }),
    ),
  ];
}
