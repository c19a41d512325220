import { externalSecret } from "../../model/external-secret";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { deliverySecret } from "../../model/names";
import { gitCredentials } from "../../model/platform";

/** How Flux reads the tenant's repository. */
export function gitCredential(home: TenantHome): KubernetesObject {
  const keys = { username: "username", password: "password" };
  return externalSecret(home, { name: gitCredentials, from: deliverySecret, keys });
}
