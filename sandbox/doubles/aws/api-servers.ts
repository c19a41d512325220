import { join } from "node:path";
import { loadKubeconfig } from "@estate/clients";
import { issuerOf } from "../../issuer";
import { textOr } from "../framework/bridge/fields";
import { isMap, type JsonMap } from "../framework/value";
import { AwsError } from "./simulate";

/** One of the sandbox's API servers, which stands in for a cluster on EKS. */
export interface ApiServer {
  readonly name: string;
  readonly server: string;
  /** PEM in Base64. */
  readonly authority: string;
  readonly issuer: string;
}

/** The API servers that the sandbox runs. */
export function apiServers(dir: string): ApiServer[] {
  const { contexts, clusters } = loadKubeconfig({ path: join(dir, "kubeconfig") });
  return contexts.flatMap(({ name, cluster }) => {
    const found = clusters.find((each) => each.name === cluster);
    return found?.caData === undefined
      ? []
      : [{ name, server: found.server, authority: found.caData, issuer: issuerOf(name) }];
  });
}

/** The one that stands in for a cluster: named by its tag `estate:cluster`, else by the end of its name. */
export function apiServerOf(dir: string, cluster: JsonMap): ApiServer {
  const servers = apiServers(dir);
  const tags = isMap(cluster["tags"]) ? cluster["tags"] : {};
  const name = textOr(cluster, "name", "");
  const meant = textOr(tags, "estate:cluster", undefined);
  const found = servers.find((server) =>
    meant === undefined ? name === server.name || name.endsWith(`-${server.name}`) : server.name === meant,
  );
  if (found !== undefined) return found;
  throw new AwsError(
    "ResourceLimitExceeded",
    `the sandbox has no API server to stand in for cluster ${name}: it has ${servers.map((server) => server.name).join(", ")}`,
  );
}
