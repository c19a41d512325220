import { clusterArn, type AwsPlace } from "../../model/aws/arns";
import { eksName, needBucketName, needDatabaseName, needRoleName } from "../../model/aws/names";
import { bucketPolicy, objectsPolicy } from "../../model/aws/policies";
import { podTrust } from "../../model/aws/trust";
import { dataVersions } from "../../model/aws/versions";
import type { ApplicationNeeds } from "../../model/capability";
import { needPath } from "../../model/needs";
import { secretFolder } from "../../model/names";
import type { BucketPlan, DatabasePlan } from "./data";
import type { PodIdentityPlan } from "./identities";

/** One thing that an application needs, and where its Secret's values are in Vault. */
interface Needed {
  readonly secret: string;
  readonly path: string;
}

/** A database of an application's own. */
export interface NeededDatabase extends Needed {
  readonly database: DatabasePlan;
}

/** A bucket of an application's own. */
export interface NeededBucket extends Needed {
  readonly region: string;
  readonly bucket: BucketPlan;
}

/** What one application needs in one home, as AWS serves it. */
export interface NeedsPlan {
  readonly databases: readonly NeededDatabase[];
  readonly buckets: readonly NeededBucket[];
  /** As whom its pods open all its buckets: EKS takes one role for a ServiceAccount. Absent where nothing may be used. */
  readonly pods?: PodIdentityPlan;
}

/** Where, and of which estate. */
export interface NeedsScope {
  readonly place: AwsPlace;
  readonly estate: string;
  readonly protect: boolean;
}

/**
 * A need's whole name. Parts are joined by what none of them holds, so no two are one: names in AWS are made of its hash, because
 * the whole does not fit.
 */
const wholeName = ({ cluster, namespace }: ApplicationNeeds, secret: string): string =>
  `${cluster}/${namespace}/${secret}`;

/** Plans what an application needs in one home. */
export function planNeeds({ place, estate, protect }: NeedsScope, request: ApplicationNeeds): NeedsPlan {
  const { tenant, environment, namespace, cluster, application, needs, database } = request;
  const needed = ({ secret }: { readonly secret: string }): Needed => ({
    secret,
    path: `${secretFolder(tenant, environment)}/${needPath(cluster, secret)}`,
  });
  const databases = needs
    .filter(({ kind }) => kind === "postgres")
    .map((need): NeededDatabase => ({
      ...needed(need),
      database: {
        id: needDatabaseName(estate, wholeName(request, need.secret)),
        ...dataVersions.postgres,
        database: "app",
        username: "app",
        instanceClass: database.instanceClass,
        storageGi: database.storageGi,
        mostStorageGi: 4 * database.storageGi,
        multiAz: protect,
        backupDays: protect ? 30 : 7,
      },
    }));
  const buckets = needs
    .filter(({ kind }) => kind === "bucket")
    .map((need): NeededBucket => {
      const name = needBucketName(estate, place.account, wholeName(request, need.secret));
      const bucket = { name, what: need.secret, versioned: true, policy: bucketPolicy(place, name) };
      return { ...needed(need), region: place.region, bucket };
    });
  if (buckets.length === 0 || !request.credentials) return { databases, buckets };
  const serviceAccount = application;
  const own = clusterArn(place, eksName(estate, cluster));
  const names = buckets.map(({ bucket }) => bucket.name);
  return {
    databases,
    buckets,
    pods: {
      purpose: `needs of ${namespace}/${application}`,
      namespace,
      serviceAccount,
      role: {
        name: needRoleName(estate, wholeName(request, application)),
        trust: podTrust(place, { cluster: own, namespace, serviceAccount }),
        managed: [],
        policy: objectsPolicy(place, names),
      },
    },
  };
}
