import { readFileSync } from "node:fs";
import { join } from "node:path";
import { textOr } from "../framework/bridge/fields";
import { Account } from "./account";
import { apiServerOf } from "./api-servers";
import { accessEntry, accessPolicy } from "./eks";
import { cluster } from "./eks-cluster";
import { role } from "./iam";

/** What was refused, in the words of AWS' command line. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** The value behind a flag. */
function flag(args: readonly string[], name: string): string | undefined {
  const index = args.indexOf(name);
  return index < 0 ? undefined : args[index + 1];
}

const seconds = 14 * 60;

/**
 * Answers `aws eks get-token --cluster-name N --role-arn R` with a login for the API server that stands in for the cluster.
 * On AWS the API server itself turns a role without an access entry away; here the command does, because the token is the
 * sandbox's own administrator's.
 */
export function getToken(dir: string, args: readonly string[], now: Date): string {
  if (!args.join(" ").includes("eks get-token"))
    throw new Refused("the sandbox's aws answers `eks get-token` alone; for AWS itself take the sandbox off PATH");
  const name = flag(args, "--cluster-name");
  const principal = flag(args, "--role-arn");
  if (name === undefined || principal === undefined) throw new Refused("--cluster-name and --role-arn are needed");
  const account = Account.open(dir);
  const found = account.find(cluster, name);
  if (found === undefined)
    throw new Refused(`An error occurred (ResourceNotFoundException): No cluster found for name: ${name}.`);
  if (!account.all(role).some(({ state }) => state["arn"] === principal))
    throw new Refused(
      `An error occurred (AccessDenied) when calling the AssumeRole operation: ${principal} does not exist`,
    );
  const letIn =
    account.find(accessEntry, `${name}:${principal}`) !== undefined &&
    account
      .all(accessPolicy)
      .some(
        ({ state }) =>
          state["clusterName"] === name &&
          state["principalArn"] === principal &&
          textOr(state, "policyArn", "").endsWith("/AmazonEKSClusterAdminPolicy"),
      );
  if (!letIn) throw new Refused(`Unauthorized: no access entry of cluster ${name} makes ${principal} an administrator`);
  const server = apiServerOf(dir, found.state);
  return JSON.stringify({
    kind: "ExecCredential",
    apiVersion: "client.authentication.k8s.io/v1beta1",
    spec: {},
    status: {
      expirationTimestamp: new Date(now.getTime() + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      token: readFileSync(join(dir, "clusters", server.name, "admin.token"), "utf8"),
    },
  });
}
