import { accountArn } from "../../model/aws/arns";
import { bucketName, dataKeyAlias, dataName, eksName, roleName, type DataOwner } from "../../model/aws/names";
import { bucketPolicy, keyPolicy, objectsPolicy } from "../../model/aws/policies";
import type { PolicyDocument } from "../../model/aws/policy";
import { dataVersions } from "../../model/aws/versions";
import type { RoleScope } from "./roles";

/**
 * A database: one instance for each service, and not one with two databases. A restore goes back in time with all that is in
 * an instance, an upgrade stops all of it, and GitLab's login is the instance's master, who would read Harbor's, too.
 */
export interface DatabasePlan {
  readonly id: string;
  readonly version: string;
  readonly family: string;
  readonly database: string;
  /** The master: GitLab's extensions are made by nobody less. */
  readonly username: string;
  readonly instanceClass: string;
  readonly storageGi: number;
  /** It grows by itself, to this. */
  readonly mostStorageGi: number;
  readonly multiAz: boolean;
  readonly backupDays: number;
}

/**
 * A cache: one node, or two where one stands by. Neither a serverless one nor one of shards: those have a single numbered
 * database, and refuse calls on keys of several slots. Harbor uses several databases, and GitLab's queues make such calls.
 */
export interface CachePlan {
  readonly id: string;
  readonly version: string;
  readonly family: string;
  readonly nodeType: string;
  readonly nodes: number;
  readonly snapshotDays: number;
}

/** A bucket. */
export interface BucketPlan {
  readonly name: string;
  /** The last word of its name: it begins the logical names of what is made for it. */
  readonly what: string;
  /** Keeps what is deleted for some weeks: where nothing can be made again from elsewhere. */
  readonly versioned: boolean;
  readonly policy: PolicyDocument;
}

/** As whom pods reach their buckets. Whom the role trusts is known once the cluster is: its issuer has a number of AWS'. */
export interface StoreRolePlan {
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccounts: readonly string[];
  readonly policy: PolicyDocument;
}

/** What one service has of AWS. */
export interface ServiceDataPlan {
  readonly owner: DataOwner;
  readonly database?: DatabasePlan;
  readonly cache?: CachePlan;
  readonly store?: { readonly buckets: readonly BucketPlan[]; readonly role: StoreRolePlan };
}

/** Databases, caches and buckets behind the services of the control plane. */
export interface DataPlan {
  /** The cluster's name in EKS, by which the console shows what is made. */
  readonly title: string;
  /** By which databases and caches are encrypted. */
  readonly key: { readonly alias: string; readonly policy: PolicyDocument };
  readonly services: readonly ServiceDataPlan[];
}

/** What a database's settings say. */
export interface DatabaseWish {
  readonly instanceClass: string;
  readonly storageGi: number;
  readonly multiAz?: boolean | undefined;
}

/** What a cache's settings say. */
export interface CacheWish {
  readonly nodeType: string;
  readonly multiAz?: boolean | undefined;
}

/** What a service asks for. */
export interface DataWish {
  readonly owner: DataOwner;
  /** The database's name, and its master's. */
  readonly database: string;
  readonly username: string;
  readonly postgres?: DatabaseWish | undefined;
  readonly redis?: CacheWish | undefined;
  readonly buckets?: readonly { readonly what: string; readonly versioned: boolean }[] | undefined;
  readonly namespace: string;
  /** Of the ServiceAccounts that reach the buckets. */
  readonly serviceAccounts: readonly string[];
}

function planService(scope: RoleScope, protect: boolean, wish: DataWish): ServiceDataPlan {
  const { owner, postgres, redis, buckets } = wish;
  const { place, estate, cluster } = scope;
  const id = dataName(estate, owner);
  const prefix = bucketName(estate, place.account, owner);
  const made = (buckets ?? []).map(({ what, versioned }): BucketPlan => {
    const name = `${prefix}-${what}`;
    return { name, what, versioned, policy: bucketPolicy(place, name) };
  });
  return {
    owner,
    ...(postgres === undefined
      ? {}
      : {
          database: {
            id,
            ...dataVersions.postgres,
            database: wish.database,
            username: wish.username,
            instanceClass: postgres.instanceClass,
            storageGi: postgres.storageGi,
            mostStorageGi: 4 * postgres.storageGi,
            multiAz: postgres.multiAz ?? protect,
            backupDays: protect ? 30 : 7,
          },
        }),
    ...(redis === undefined
      ? {}
      : {
          cache: {
            id,
            ...dataVersions.valkey,
            nodeType: redis.nodeType,
            nodes: (redis.multiAz ?? protect) ? 2 : 1,
            // Jobs that nobody has done yet; caches make themselves anew.
            snapshotDays: protect ? 7 : 1,
          },
        }),
    ...(buckets === undefined
      ? {}
      : {
          store: {
            buckets: made,
            role: {
              name: roleName(estate, cluster, owner),
              namespace: wish.namespace,
              serviceAccounts: wish.serviceAccounts,
              policy: objectsPolicy(
                place,
                made.map(({ name }) => name),
              ),
            },
          },
        }),
  };
}

/** Plans what services ask of AWS; undefined where none asks for anything. */
export function planData(scope: RoleScope, protect: boolean, wishes: readonly DataWish[]): DataPlan | undefined {
  const services = wishes
    .filter(({ postgres, redis, buckets }) => (postgres ?? redis ?? buckets) !== undefined)
    .map((wish) => planService(scope, protect, wish));
  if (services.length === 0) return undefined;
  const title = eksName(scope.estate, scope.cluster);
  return {
    title,
    key: { alias: dataKeyAlias(title), policy: keyPolicy(scope.place, accountArn(scope.place), []) },
    services,
  };
}
