import { isReserved, pipelineEnvironment, yamlWords } from "../model/names";
import type { Problem } from "../model/problem";
import { mistake } from "./mistake";
import { checkAddons, type Written } from "./check-addons";
import { checkAws } from "./check-aws";
import { checkDatabases } from "./check-databases";
import { checkClusterValues } from "./cluster-values";
import { checkGitOps } from "./check-gitops";
import { checkGuardrails } from "./check-guardrails";
import { checkInstallation } from "./check-installation";
import { checkProfile } from "./check-profile";
import { checkRegistry } from "./check-registry";
import { clustersOfKind } from "./clusters";
import { repeated } from "./repeated";
import { checkRollout } from "./rollout";
import { checkSandboxes } from "./sandboxes";
import type { Settings } from "./schema";
import { checkScope } from "./scope";
import type { Places } from "./source";
import { suggestion } from "./suggestion";

function checkNames(settings: Settings, { placeOf }: Places): Problem[] {
  const words = (["clusters", "environments", "profiles"] as const).flatMap((key) =>
    Object.keys(settings[key])
      .filter((name) => yamlWords.has(name))
      .map((name) =>
        mistake("N008", placeOf([key, name], "key"), `"${name}" is not text for YAML 1.1 tools`, "choose another name"),
      ),
  );
  for (const [key, what] of [
    ["environments", "keep their secrets"],
    ["clusters", "log in to Vault"],
  ] as const)
    if (Object.hasOwn(settings[key], pipelineEnvironment))
      words.push(
        mistake(
          "N007",
          placeOf([key, pipelineEnvironment], "key"),
          `"${pipelineEnvironment}" is where pipelines ${what}`,
          `choose another name for the ${key.slice(0, -1)}`,
        ),
      );
  const { name } = settings;
  // An estate may be called as the platform is; what begins with its name must not look like somebody else's.
  const taken = (isReserved(name) && name !== "estate") || isReserved(`${name}-x`) || yamlWords.has(name);
  return taken
    ? [...words, mistake("N007", placeOf(["name"]), `"${name}" is reserved`, "choose another name for the estate")]
    : words;
}

/**
 * What stands in clusters and in Vault must not come from the shell of whoever runs Pulumi, and no other cluster may stand
 * behind a context. A protected estate says so itself.
 */
function checkProtected(settings: Settings, { placeOf }: Places): Problem[] {
  if (!settings.protect) return [];
  const needed = (path: readonly (string | number)[], remedy: string): Problem =>
    mistake("P020", placeOf(path, "key"), `"estate:protect" needs ${path.join(".")} to be said`, remedy);
  const services = (
    [
      ["vault", settings.vault.address, "address"],
      ["gitlab", settings.gitlab.url, "url"],
      ["registry", settings.registry.url, "url"],
    ] as const
  ).flatMap(([key, value, field]) =>
    value === undefined &&
    settings[key].install === undefined &&
    !(key === "registry" && settings.registry.kind === "ecr")
      ? [needed([key, field], "write the address under which the clusters reach it")]
      : [],
  );
  const clusters = clustersOfKind(settings.clusters, "existing").flatMap(([name, { uid, tokenIssuer }]) => [
    ...(uid === undefined
      ? [needed(["clusters", name, "uid"], "write the UID of its namespace kube-system; `npm run preflight` prints it")]
      : []),
    ...(tokenIssuer.jwksUrl === undefined
      ? [
          needed(
            ["clusters", name, "tokenIssuer", "jwksUrl"],
            "write the address of its tokens' public keys, as Vault reaches it",
          ),
        ]
      : []),
  ]);
  return [...services, ...clusters];
}

/** A free GitLab refuses links to groups of others while the run is under way, after it has written half a tenant. */
function checkMembership({ access, gitlab }: Settings, { placeOf }: Places): Problem[] {
  const { membership } = access;
  if (gitlab.edition === "ee" || (membership !== "saml" && membership !== "ldap")) return [];
  return [
    mistake(
      "P021",
      placeOf(["access", "membership"]),
      `"${membership}" needs a licensed GitLab, and the edition of "estate:gitlab" is ce`,
      'write "edition: ee" there if the server has a licence (Premium or more), else choose listed or external',
    ),
  ];
}

function checkClusters(settings: Settings, { placeOf }: Places): Problem[] {
  const clusters = Object.entries(settings.clusters);
  const planes = clusters.filter(([, cluster]) => cluster.role === "control-plane").map(([name]) => name);
  const none =
    planes.length > 0
      ? []
      : [
          mistake(
            "P002",
            placeOf(["clusters"], "key"),
            "no cluster has the role control-plane",
            "give it to exactly one",
          ),
        ];
  const more = planes
    .slice(1)
    .map((name) =>
      mistake(
        "P002",
        placeOf(["clusters", name, "role"]),
        `"${planes[0] ?? ""}" is the control plane already`,
        "give the role control-plane to exactly one cluster",
      ),
    );
  const byContext = new Map<string, string>();
  const twins = clustersOfKind(settings.clusters, "existing").flatMap(([name, cluster]) => {
    const context = cluster.context ?? name;
    const other = byContext.get(context);
    byContext.set(context, other ?? name);
    if (other === undefined) return [];
    const place = placeOf(cluster.context === undefined ? ["clusters", name] : ["clusters", name, "context"]);
    return [
      mistake(
        "P001",
        place,
        `context "${context}" is cluster "${other}" already`,
        "give every cluster a context of its own",
      ),
    ];
  });
  return [...none, ...more, ...twins];
}

function checkPlacement(settings: Settings, places: Places): Problem[] {
  const workload = Object.keys(settings.clusters).filter((name) => settings.clusters[name]?.role === "workload");
  return Object.entries(settings.environments).flatMap(([environment, { clusters }]) => {
    const path = ["environments", environment, "clusters"];
    const wrong = clusters.flatMap((name, index) => {
      const place = places.placeOf([...path, index]);
      if (!Object.hasOwn(settings.clusters, name))
        return [mistake("K008", place, `unknown cluster "${name}"`, suggestion(name, workload))];
      if (workload.includes(name)) return [];
      return [
        mistake(
          "P017",
          place,
          `cluster "${name}" has the role control-plane`,
          `tenants run on workload clusters: ${workload.join(", ")}`,
        ),
      ];
    });
    return [...wrong, ...repeated("K011", clusters, path, places)];
  });
}

/** The way from an environment along `promotesFrom`, up to where it ends or meets itself. */
function promotionChain(settings: Settings, start: string): string[] {
  const chain = [start];
  for (;;) {
    const last = chain.at(-1) ?? start;
    const next = Object.hasOwn(settings.environments, last) ? settings.environments[last]?.promotesFrom : undefined;
    if (next === undefined) return chain;
    chain.push(next);
    if (chain.indexOf(next) < chain.length - 1) return chain;
  }
}

function checkPromotion(settings: Settings, { placeOf }: Places): Problem[] {
  const names = Object.keys(settings.environments);
  const told = new Set<string>();
  return names.flatMap((name) => {
    const { promotesFrom, promotion } = settings.environments[name] ?? { clusters: [] };
    const place = placeOf(["environments", name, "promotesFrom"]);
    if (promotesFrom === undefined) {
      if (promotion === undefined) return [];
      return [
        mistake(
          "K004",
          placeOf(["environments", name], "key"),
          '"promotesFrom" is required with "promotion"',
          "add it",
        ),
      ];
    }
    if (!names.includes(promotesFrom))
      return [
        mistake(
          "K008",
          place,
          `unknown environment "${promotesFrom}"`,
          suggestion(
            promotesFrom,
            names.filter((other) => other !== name),
          ),
        ),
      ];
    const chain = promotionChain(settings, name);
    const circle = [...new Set(chain)].sort().join();
    if (chain.at(-1) !== name || told.has(circle)) return [];
    told.add(circle);
    return [mistake("P010", place, `promotion runs in a circle: ${chain.join(" -> ")}`, "let one of them begin")];
  });
}

function checkSelection(settings: Settings, places: Places): Problem[] {
  const { only, except, letGo } = settings.tenants;
  const both =
    only === undefined || except === undefined
      ? []
      : [
          mistake(
            "K012",
            places.placeOf(["tenants", "except"], "key"),
            '"only" and "except" exclude each other',
            "keep one of the two",
          ),
        ];
  return [
    ...both,
    ...repeated("K011", only ?? [], ["tenants", "only"], places),
    ...repeated("K011", except ?? [], ["tenants", "except"], places),
    ...repeated("K011", letGo ?? [], ["tenants", "letGo"], places),
  ];
}

/** A cluster that an environment leaves is none of its clusters any more: a forgotten `leaves` would excuse a later loss. */
function checkLeaving(settings: Settings, places: Places): Problem[] {
  return Object.entries(settings.environments).flatMap(([name, { clusters, leaves = [] }]) => [
    ...repeated("K011", leaves, ["environments", name, "leaves"], places),
    ...leaves.flatMap((cluster, index) =>
      clusters.includes(cluster)
        ? [
            mistake(
              "P033",
              places.placeOf(["environments", name, "leaves", index]),
              `environment "${name}" is on cluster "${cluster}"`,
              "take it out of clusters when the tenants have moved, else out of leaves",
            ),
          ]
        : [],
    ),
  ]);
}

/** A rotation that is due when the old ones have ended leaves nothing that is valid beside the new. */
function checkCredentials({ credentials }: Settings, { placeOf }: Places): Problem[] {
  const { days, robotDays, rotateDays } = credentials;
  const shortest = Math.min(days, robotDays);
  return rotateDays === undefined || rotateDays < shortest || shortest === 1
    ? []
    : [
        mistake(
          "P035",
          placeOf(["credentials", "rotateDays"]),
          `a rotation after ${String(rotateDays)} days comes when credentials have ended, which last ${String(shortest)}`,
          `write less than ${String(shortest)}, or remove the key`,
        ),
      ];
}

/** What a schema cannot see: whether the settings fit each other. Pure. */
export function checkSettings(settings: Settings, places: Written): Problem[] {
  return [
    ...checkNames(settings, places),
    ...checkScope(settings, places),
    ...checkClusters(settings, places),
    ...checkAws(settings, places),
    ...checkRegistry(settings, places),
    ...checkProtected(settings, places),
    ...checkMembership(settings, places),
    ...checkGuardrails(settings, places),
    ...checkGitOps(settings, places),
    ...checkCredentials(settings, places),
    ...checkPlacement(settings, places),
    ...checkPromotion(settings, places),
    ...Object.entries(settings.profiles).flatMap(([name, profile]) =>
      checkProfile(profile, ["profiles", name], places),
    ),
    ...checkAddons(settings, places),
    ...checkDatabases(settings, places),
    ...checkInstallation(settings, places),
    ...checkClusterValues(settings, places),
    ...checkRollout(settings, places),
    ...checkSandboxes(settings, places),
    ...checkSelection(settings, places),
    ...checkLeaving(settings, places),
  ];
}
