import { ConnectionError, isRecord, type KubernetesClient } from "@estate/clients";
import { X509Certificate } from "node:crypto";
import type { ClusterAccess } from "../../model/cluster-access";
import type { EstatePlan } from "../../plan/plan";
import { clockProblems, lifeProblems, only, problem, reason, type Findings } from "./finding";

/** What whoever runs Pulumi must be able to do on a cluster: verb, API group, resource. */
const rights = [
  ["create", "", "namespaces"],
  ["create", "rbac.authorization.k8s.io", "clusterroles"],
  ["escalate", "rbac.authorization.k8s.io", "clusterroles"],
  ["bind", "rbac.authorization.k8s.io", "clusterroles"],
  ["create", "admissionregistration.k8s.io", "validatingadmissionpolicies"],
  ["create", "apiextensions.k8s.io", "customresourcedefinitions"],
] as const;

/** The rights that this login lacks. The server answers for itself, and nothing is written. */
async function lackingRights(client: KubernetesClient): Promise<string[]> {
  const answers = await Promise.all(
    rights.map(async ([verb, group, resource]) => {
      const review = await client.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SelfSubjectAccessReview",
          spec: { resourceAttributes: { verb, group, resource } },
        },
      });
      const status = isRecord(review) ? review["status"] : undefined;
      return isRecord(status) && status["allowed"] === true ? [] : [`${verb} ${resource}`];
    }),
  );
  return answers.flat();
}

/** The end of the kubeconfig's login, where the login itself tells it: a client certificate, or a token that is a JWT. */
export function loginEnd(kubeconfig: string): Date | undefined {
  const config: unknown = JSON.parse(kubeconfig);
  const users: unknown = isRecord(config) ? config["users"] : undefined;
  const entry: unknown = Array.isArray(users) ? users[0] : undefined;
  const user = isRecord(entry) && isRecord(entry["user"]) ? entry["user"] : {};
  const certificate = user["client-certificate-data"];
  if (typeof certificate === "string") return new Date(new X509Certificate(Buffer.from(certificate, "base64")).validTo);
  const { token } = user;
  if (typeof token !== "string") return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return isRecord(claims) && typeof claims["exp"] === "number" ? new Date(claims["exp"] * 1000) : undefined;
  } catch {
    // A token of another form tells nothing of itself.
    return undefined;
  }
}

/** Whether a cluster is there, the right one, and open to what Pulumi will do. */
export async function checkCluster(
  name: string,
  access: Pick<ClusterAccess, "context" | "kubeconfig">,
  plan: EstatePlan,
  client: KubernetesClient,
): Promise<Findings> {
  const place = `cluster ${name} (context ${access.context})`;
  try {
    const ready = await client.request("GET", "/readyz", { timeoutMs: 10_000 });
    const now = Date.now();
    if (ready.status === 401 || ready.status === 403)
      return only(
        problem(
          "F003",
          place,
          `refuses this login (${String(ready.status)})`,
          "check the credentials of the kubeconfig's context",
        ),
      );
    if (ready.status !== 200)
      return only(
        problem(
          "F001",
          place,
          `not ready: ${JSON.stringify(ready.body)}`,
          "wait until its /readyz answers 200, or repair it",
        ),
      );
    const version = await client.call("GET", "/version");
    const system = await client.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
    const uid = system.metadata.uid ?? "unknown";
    const connection = plan.clusters.find((cluster) => cluster.name === name)?.connection;
    const pinned = connection?.kind === "existing" ? connection.uid : undefined;
    const lacking = await lackingRights(client);
    return {
      checks: [
        {
          what: place,
          seen: `ready, ${isRecord(version) ? String(version.gitVersion) : "unknown version"}, uid ${uid}`,
        },
      ],
      problems: [
        ...(pinned === undefined || pinned === uid
          ? []
          : [
              problem(
                "F002",
                place,
                `leads to the cluster with uid ${uid}, and the settings pin ${pinned}`,
                "point the context at the right cluster, or correct estate:clusters",
              ),
            ]),
        ...(lacking.length === 0
          ? []
          : [problem("F004", place, `this login may not ${lacking.join(", ")}`, "log in as a cluster administrator")]),
        ...lifeProblems("F005", place, "the kubeconfig's login", loginEnd(access.kubeconfig), now),
        ...clockProblems(place, ready.date, now),
      ],
    };
  } catch (error) {
    if (error instanceof ConnectionError)
      return only(
        problem("F001", place, `unreachable: ${reason(error)}`, "check the kubeconfig, the network and the cluster"),
      );
    return only(
      problem("F003", place, `refuses: ${reason(error)}`, "check the credentials of the kubeconfig's context"),
    );
  }
}
