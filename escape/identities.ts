import { defaultGroup } from "../model/names";
import { reconciler, secretReader } from "../model/platform";
import { peopleGroups } from "../model/people";
import { serviceAccount, type Person } from "./guarded-cluster";

/** Somebody, or something, that acts for a tenant. */
export interface Identity extends Person {
  readonly name: string;
}

/** Who acts for a tenant in one of its namespaces: its people, and the accounts that Estate makes or Kubernetes brings. */
export function identitiesOf(tenant: string, namespace: string, isolation: "namespace" | "vcluster"): Identity[] {
  const people = peopleGroups.map((role) => ({
    name: role,
    user: `somebody-of-${tenant}-${role}`,
    groups: [defaultGroup(tenant, role), "system:authenticated"],
  }));
  const accounts = [reconciler, secretReader, "default", ...(isolation === "vcluster" ? [`vc-${namespace}`] : [])];
  return [
    ...people,
    ...accounts.map((name) => ({
      name: name.startsWith("vc-") ? "virtual cluster" : name,
      ...serviceAccount(namespace, name),
    })),
  ];
}

/** Somebody who is logged in, and of no tenant. */
export const stranger: Identity = { name: "stranger", user: "stranger", groups: ["system:authenticated"] };
