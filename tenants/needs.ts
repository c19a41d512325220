import type { Cluster } from "../config/clusters";
import { mistake, warning } from "../config/mistake";
import type { Settings } from "../config/schema";
import type { Features } from "../config/settings";
import type { NeededSecret } from "../features/feature";
import { clusterKind } from "../model/addon-choice";
import { gitCredentials, imagePull, receiverToken } from "../model/platform";
import type { Problem } from "../model/problem";
import type { ReadableEntry } from "./entry";

/** Secrets that each home has already. */
const taken: ReadonlySet<string> = new Set([gitCredentials, imagePull, receiverToken]);

interface Wanted extends NeededSecret {
  readonly key: string;
}

/** No two needs of a tenant have one Secret, and none has that of something else. */
function checkSecrets(wanted: readonly Wanted[], { source }: ReadableEntry): Problem[] {
  const seen = new Set<string>();
  return wanted.flatMap(({ key, path, secret }) => {
    const again = seen.has(secret);
    seen.add(secret);
    if (!again && !taken.has(secret)) return [];
    const cause = again
      ? `two needs would have the Secret "${secret}"`
      : `the Secret "${secret}" is there in every home already`;
    return [mistake("A036", source.placeOf([key, ...path]), cause, "give this one another name: { name: ... }")];
  });
}

/** What decides what a cluster serves. */
const servingCluster = (cluster: Cluster): Parameters<NeededSecret["serves"]>[0] => ({
  kind: clusterKind(cluster),
  ...(cluster.kind === "existing" && cluster.databases !== undefined ? { databases: cluster.databases } : {}),
});

/** Every cluster of every environment must serve it: what works in dev works in prod. */
function checkClusters(wanted: readonly Wanted[], { tenant, source }: ReadableEntry, settings: Settings): Problem[] {
  const own = tenant.environments ?? Object.keys(settings.environments);
  const clusters = [...new Set(own.flatMap((name) => settings.environments[name]?.clusters ?? []))];
  return wanted.flatMap(({ key, path, kind, serves, remedy }) => {
    const place = source.placeOf([key, ...path]);
    const without = clusters.filter((name) => {
      const cluster = settings.clusters[name];
      return cluster !== undefined && !serves(servingCluster(cluster));
    });
    if (without.length > 0)
      return [
        mistake(
          "A037",
          place,
          `nothing serves ${kind} on ${without.join(", ")}, which Estate did not make on AWS`,
          `${remedy === undefined ? "" : `${remedy}, `}choose clusters of kind eks, or bring it along and write its login into the home's folder in Vault`,
        ),
      ];
    return tenant.isolation === "vcluster"
      ? [
          mistake(
            "A038",
            place,
            `${kind} does not reach into a virtual cluster`,
            "write isolation: namespace, or bring it along and write its login into the home's folder in Vault",
          ),
        ]
      : [];
  });
}

/** Flags of a profile that open the addresses of S3. */
const opening = ["allowInternet", "allowEgressTraffic"] as const;

/** A bucket is there, and pods do not reach it: S3 has public addresses. */
function checkReach(wanted: readonly Wanted[], { tenant, source }: ReadableEntry, settings: Settings): Problem[] {
  const flags = (
    settings.profiles[tenant.profile] as { readonly network?: Readonly<Record<string, unknown>> } | undefined
  )?.network;
  const said = (environment: string): boolean =>
    opening.some((flag) => {
      const exception = tenant.exceptions.findLast(
        (one) => one.set === `network.${flag}` && (one.environment ?? environment) === environment,
      );
      return (exception?.value ?? flags?.[flag]) === true;
    });
  const closed = (tenant.environments ?? Object.keys(settings.environments)).filter((name) => !said(name));
  if (closed.length === 0) return [];
  return wanted
    .filter(({ kind }) => kind === "bucket")
    .map(({ key, path }) =>
      warning(
        "A039",
        source.placeOf([key, ...path]),
        `pods in ${closed.join(", ")} reach no public address, and S3 has no others`,
        "allow network.allowInternet there, by the profile or an exception",
      ),
    );
}

/** Whether what applications need can be had. */
export function checkNeeds(entry: ReadableEntry, settings: Settings, features: Features): Problem[] {
  const wanted = features.flatMap(({ key, schema, needs }) =>
    (needs?.(schema?.parse((entry.tenant as Readonly<Record<string, unknown>>)[key])) ?? []).map((need) => ({
      ...need,
      key,
    })),
  );
  return [
    ...checkSecrets(wanted, entry),
    ...checkClusters(wanted, entry, settings),
    ...checkReach(wanted, entry, settings),
  ];
}
