import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { ClusterAccess, ClusterAccesses } from "../model/cluster-access";
import type { Problem } from "../model/problem";
import type { Checked } from "./check";
import { clustersOfKind } from "./clusters";
import { type Environment, type Kubeconfig, readKubeconfig } from "./kubeconfig-file";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

type Fields = Readonly<Record<string, unknown>>;

function textOf(entry: Fields, key: string): string | undefined {
  const value = entry[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The authority as PEM; a file is read, so that the result needs no other file of the same machine. */
function authorityOf(cluster: Fields): string | undefined {
  const data = textOf(cluster, "certificate-authority-data");
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  const file = textOf(cluster, "certificate-authority");
  return file === undefined ? undefined : readFileSync(file, "utf8");
}

function isOnPath(command: string, environment: Environment): boolean {
  const candidates = command.includes("/")
    ? [command]
    : (environment["PATH"] ?? "").split(delimiter).map((folder) => join(folder, command));
  return candidates.some((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function missingPlugin(user: Fields, environment: Environment): string | undefined {
  const exec = user["exec"];
  if (typeof exec !== "object" || exec === null || !("command" in exec) || typeof exec.command !== "string")
    return undefined;
  return isOnPath(exec.command, environment) ? undefined : exec.command;
}

/** Reads one context, or tells what it lacks. The texts are cause and remedy. */
function accessOf(
  context: string,
  config: Kubeconfig,
  environment: Environment,
): ClusterAccess | readonly [cause: string, remedy: string] {
  const files = config.files.join(", ");
  const entry = config.contexts.get(context);
  if (entry === undefined) {
    const found = [...config.contexts.keys()];
    return [
      `context "${context}" not in ${files}`,
      found.length === 0 ? "no contexts were found: set KUBECONFIG" : `found: ${found.sort().join(", ")}`,
    ];
  }
  const clusterName = textOf(entry, "cluster") ?? "";
  const cluster = config.clusters.get(clusterName);
  const server = cluster === undefined ? undefined : textOf(cluster, "server");
  if (cluster === undefined || server === undefined)
    return [
      `context "${context}" names the cluster "${clusterName}", which has no server in ${files}`,
      "add it to the kubeconfig",
    ];
  const userName = textOf(entry, "user");
  const user = userName === undefined ? undefined : config.users.get(userName);
  if (userName !== undefined && user === undefined)
    return [`context "${context}" names the user "${userName}", which is not in ${files}`, "add it to the kubeconfig"];
  const plugin = missingPlugin(user ?? {}, environment);
  if (plugin !== undefined)
    return [`context "${context}" logs in with "${plugin}", which is not on PATH`, "install it"];
  const caPem = authorityOf(cluster);
  const clusterFields = Object.fromEntries(Object.entries(cluster).filter(([key]) => key !== "certificate-authority"));
  const authority =
    caPem === undefined ? {} : { "certificate-authority-data": Buffer.from(caPem, "utf8").toString("base64") };
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: clusterName, cluster: { ...clusterFields, ...authority } }],
    contexts: [{ name: context, context: entry }],
    users: userName === undefined ? [] : [{ name: userName, user: user ?? {} }],
  };
  return { context, server, ...(caPem !== undefined && { caPem }), kubeconfig: JSON.stringify(kubeconfig) };
}

/** The server's address with its port and without a slash at the end, to be compared. */
function normalServer(server: string): string {
  if (!URL.canParse(server)) return server;
  const url = new URL(server);
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}`;
}

const nowhere: Places = { placeOf: (path) => ({ file: `estate:${path.join(".")}` }) };

/** Finds the context of every cluster that was brought along, without throwing, so that more problems can be told with these. */
export function readClusterAccess(
  settings: Settings,
  environment: Environment,
  { placeOf }: Places = nowhere,
): Checked<ClusterAccesses> {
  const config = readKubeconfig(environment);
  const problems: Problem[] = [...config.problems];
  const result: Record<string, ClusterAccess> = {};
  const byServer = new Map<string, string>();
  for (const [name, cluster] of clustersOfKind(settings.clusters, "existing")) {
    const place = placeOf(cluster.context === undefined ? ["clusters", name] : ["clusters", name, "context"]);
    const context = cluster.context ?? name;
    let access: ReturnType<typeof accessOf>;
    try {
      access = accessOf(context, config, environment);
    } catch {
      access = [
        `the certificate authority of context "${context}" cannot be read`,
        "correct its file name in the kubeconfig",
      ];
    }
    if (!("server" in access)) {
      problems.push(mistake("P003", place, access[0], access[1]));
      continue;
    }
    const other = byServer.get(normalServer(access.server));
    if (other !== undefined)
      problems.push(
        mistake(
          "P001",
          place,
          `same server as cluster "${other}": ${access.server}`,
          "point the context at another cluster",
        ),
      );
    byServer.set(normalServer(access.server), other ?? name);
    result[name] = access;
  }
  return problems.length > 0 ? { problems } : { value: result, problems };
}
