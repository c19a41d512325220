import type { Settings } from "../../config/schema";
import { roleArn } from "../../model/aws/arns";
import { bucketName, roleName, type DataOwner } from "../../model/aws/names";
import { roleAnnotation } from "../../model/services";
import { planData, type DataPlan, type DataWish } from "../aws/data";
import type { RoleScope } from "../aws/roles";
import { gitlabBuckets, gitlabBucketWord, type GitLabInstallation } from "./gitlab";
import { gitlabNamespace } from "./gitlab-names";
import { harborNamespace, registryAccount, type HarborInstallation } from "./harbor";
import type { DataService } from "./place";

/** A service of the settings that is installed. */
export type GitLabInstall = NonNullable<Settings["gitlab"]["install"]>;
export type HarborInstall = NonNullable<Settings["registry"]["install"]>;

/** What the services call their databases on AWS, and how they log in; where they are brought along, the settings say both. */
const gitlabDatabase = { database: "gitlab", username: "gitlab" } as const;
const harborDatabase = { database: "registry", username: "registry" } as const;

/** GitLab's buckets whose content nobody could make again; the others hold copies, and what ends by itself. */
const gitlabKeeps: readonly (typeof gitlabBuckets)[number][] = [
  "backups",
  "ciSecureFiles",
  "externalDiffs",
  "lfs",
  "packages",
  "terraformState",
  "uploads",
];

/** The ServiceAccounts of the chart that read and write objects: its name before the part's. */
const gitlabAccounts = ["gitlab-sidekiq", "gitlab-toolbox", "gitlab-webservice"] as const;

/** Layers of images. */
const harborBucket = { what: "registry", versioned: true } as const;

/** What only AWS knows, its host, is left out. */
const managed = (port: number): DataService => ({ port, tls: true });

/** Where data is managed; the settings are refused that ask for it elsewhere. */
function known(scope: RoleScope | undefined): RoleScope {
  if (scope === undefined) throw new RangeError("data is managed, and the control plane is not on AWS");
  return scope;
}

/** The role by which a service's pods reach its buckets, told to them; its ARN is made of names. */
function asRole(scope: RoleScope, owner: DataOwner): Record<string, string> {
  return { [roleAnnotation]: roleArn(scope.place, roleName(scope.estate, scope.cluster, owner)) };
}

/** The database and the cache of a service, each managed or there already. */
function dataOf(
  { postgres, redis }: GitLabInstall | HarborInstall,
  login: typeof gitlabDatabase | typeof harborDatabase,
) {
  return {
    postgres: "managed" in postgres ? { ...managed(5432), ...login } : postgres,
    redis: "managed" in redis ? managed(6379) : redis,
  };
}

/** A GitLab as it is installed: data that AWS manages has the same form as what is there, without a host. */
export function gitlabInstallation(install: GitLabInstall, aws?: RoleScope): GitLabInstallation {
  const { objects, accountAnnotations, ...rest } = install;
  const common = { ...rest, ...dataOf(install, gitlabDatabase) };
  if (objects !== "managed") return { ...common, objects, accountAnnotations };
  const scope = known(aws);
  const { region, account } = scope.place;
  return {
    ...common,
    objects: { region, bucketPrefix: bucketName(scope.estate, account, "gitlab") },
    accountAnnotations: { ...accountAnnotations, ...asRole(scope, "gitlab") },
  };
}

/** A Harbor as it is installed. */
export function harborInstallation(install: HarborInstall, aws?: RoleScope): HarborInstallation {
  const { objects, accountAnnotations, ...rest } = install;
  const common = { ...rest, ...dataOf(install, harborDatabase) };
  if (objects !== "managed") return { ...common, objects, accountAnnotations };
  const scope = known(aws);
  const { region, account } = scope.place;
  return {
    ...common,
    objects: { region, bucket: `${bucketName(scope.estate, account, "harbor")}-${harborBucket.what}` },
    accountAnnotations: { ...accountAnnotations, ...asRole(scope, "harbor") },
  };
}

function wishOf({ postgres, redis }: GitLabInstall | HarborInstall): Pick<DataWish, "postgres" | "redis"> {
  return {
    ...("managed" in postgres ? { postgres: postgres.managed } : {}),
    ...("managed" in redis ? { redis: redis.managed } : {}),
  };
}

/** What AWS manages for the services that are installed. */
export function planServiceData(
  aws: RoleScope | undefined,
  protect: boolean,
  { gitlab, registry }: Pick<Settings, "gitlab" | "registry">,
): DataPlan | undefined {
  if (aws === undefined) return undefined;
  const wishes: DataWish[] = [];
  if (gitlab.install !== undefined)
    wishes.push({
      owner: "gitlab",
      ...gitlabDatabase,
      ...wishOf(gitlab.install),
      ...(gitlab.install.objects === "managed"
        ? {
            buckets: gitlabBuckets.map((what) => ({
              what: gitlabBucketWord(what),
              versioned: gitlabKeeps.includes(what),
            })),
          }
        : {}),
      namespace: gitlabNamespace,
      serviceAccounts: gitlabAccounts,
    });
  if (registry.install !== undefined)
    wishes.push({
      owner: "harbor",
      ...harborDatabase,
      ...wishOf(registry.install),
      ...(registry.install.objects === "managed" ? { buckets: [harborBucket] } : {}),
      namespace: harborNamespace,
      serviceAccounts: [registryAccount],
    });
  return planData(aws, protect, wishes);
}
