import { z } from "zod";
import type { Problem } from "../model/problem";
import { clusterNamePattern } from "../model/names";
import { sandboxNameLength } from "../model/sandbox";
import { complaint, date, matching } from "./forms";
import { mistake, warning } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";
import { suggestion } from "./suggestion";

const person = z.strictObject({
  user: z
    .string()
    .min(1)
    .refine((name) => !/^(system|serviceaccount):/.test(name) && name === name.trim() && !/[\s*]/.test(name), {
      error: (issue) => `"${String(issue.input)}" is no person's name`,
      ...complaint("R003", "write the user as the cluster's API server knows it, prefix and all: oidc:ada@example.com"),
    })
    .describe("The person as the cluster's API server knows them, with its prefix: oidc:ada@example.com"),
  until: date.optional().describe("Last day; after it `npx estate validate` asks to take the person out"),
});

/** Schema of `estate:sandboxes`. */
export const sandboxesSchema = z
  .strictObject({
    cluster: z.string().describe("A workload cluster without gated environments: dev"),
    profile: z.string().describe("Quota, limits and network rules of each: a profile of estate:profiles"),
    people: z
      .record(
        matching(
          clusterNamePattern,
          "not a sandbox's name",
          complaint("N002", "use a-z, 0-9 and single hyphens inside, a letter first"),
        ).refine((name) => name.length <= sandboxNameLength, {
          error: (issue) => `"${String(issue.input)}" is longer than ${String(sandboxNameLength)} letters`,
          ...complaint("N004", "shorten it: its namespace is sandbox-<name>"),
        }),
        person,
      )
      .describe("Who has one, by the name of it: the namespace is sandbox-<name>"),
  })
  .optional()
  .describe("Namespaces of one person each, for trying things: no delivery, no pipeline, no secrets of a tenant");

function checkCluster(settings: Settings, cluster: string, { placeOf }: Places): Problem[] {
  const place = placeOf(["sandboxes", "cluster"]);
  const workload = Object.keys(settings.clusters).filter((name) => settings.clusters[name]?.role === "workload");
  if (!Object.hasOwn(settings.clusters, cluster))
    return [mistake("K008", place, `unknown cluster "${cluster}"`, suggestion(cluster, workload))];
  if (!workload.includes(cluster))
    return [
      mistake(
        "P017",
        place,
        `cluster "${cluster}" has the role control-plane`,
        `people try things on workload clusters: ${workload.join(", ")}`,
      ),
    ];
  return Object.entries(settings.environments)
    .filter(([, { clusters, promotesFrom }]) => promotesFrom !== undefined && clusters.includes(cluster))
    .slice(0, 1)
    .map(([name]) =>
      mistake(
        "P040",
        place,
        `cluster "${cluster}" has environment "${name}", which is promoted into`,
        "put sandboxes on a cluster where people may change things by hand",
      ),
    );
}

/** Whether the sandboxes fit the rest of the settings. */
export function checkSandboxes(settings: Settings, places: Places): Problem[] {
  const { sandboxes } = settings;
  if (sandboxes === undefined) return [];
  const { placeOf } = places;
  const profiles = Object.keys(settings.profiles);
  const people = Object.entries(sandboxes.people);
  return [
    ...checkCluster(settings, sandboxes.cluster, places),
    ...(profiles.includes(sandboxes.profile)
      ? []
      : [
          mistake(
            "K008",
            placeOf(["sandboxes", "profile"]),
            `unknown profile "${sandboxes.profile}"`,
            suggestion(sandboxes.profile, profiles),
          ),
        ]),
    ...people.flatMap(([name, { user }], index) => {
      const first = people.slice(0, index).find(([, other]) => other.user === user);
      if (first === undefined) return [];
      const place = placeOf(["sandboxes", "people", name, "user"]);
      return [
        mistake("P041", place, `"${user}" has sandbox "${first[0]}" already`, "one for each person: take one out"),
      ];
    }),
    ...(people.length > 0 && settings.registry.alsoFrom.length === 0
      ? [
          warning(
            "P042",
            placeOf(["sandboxes"], "key"),
            "no image may run in a sandbox: it has no project in the registry",
            'name where images may come from in "estate:registry.alsoFrom": docker.io/library/',
          ),
        ]
      : []),
  ];
}

/** Warnings for sandboxes whose last day was before `today` (`YYYY-MM-DD`): they are there until somebody takes them out. */
export function endedSandboxes({ sandboxes }: Settings, today: string, { placeOf }: Places): Problem[] {
  return Object.entries(sandboxes?.people ?? {}).flatMap(([name, { until }]) =>
    until === undefined || until >= today
      ? []
      : [
          warning(
            "P043",
            placeOf(["sandboxes", "people", name, "until"]),
            `sandbox "${name}" ended on ${until}`,
            "take the person out, and it goes with all that is in it; or write a later day",
          ),
        ],
  );
}
