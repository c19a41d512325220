import { label } from "../model/labels";
import { pipelinesProject } from "../model/names";
import { isHolder, known } from "./read";

/** A resource as a rule or a preview shows it. */
interface Shown {
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** Kinds whose loss is the loss of data, by Pulumi's types, and what is lost. */
const kinds: Readonly<Record<string, string>> = {
  "aws:ecr/repository:Repository": "images",
  "aws:eks/cluster:Cluster": "the cluster and all that is on it",
  "aws:elasticache/replicationGroup:ReplicationGroup": "the data of a cache, queued jobs among them",
  "aws:kms/key:Key": "all that the key encrypts",
  "aws:rds/instance:Instance": "a database",
  "aws:s3/bucket:Bucket": "objects",
  "harbor:index/project:Project": "images",
  "kubernetes:postgresql.cnpg.io/v1:Cluster": "a database",
};

/** Repositories in which all is written by the program: another run makes them as they were. */
const written: ReadonlySet<unknown> = new Set([pipelinesProject, "gitlab-profile"]);

/** A value below a property, by its way; undefined where there is none, or a preview does not know it yet. */
const at = (holder: unknown, ...way: readonly string[]): unknown =>
  way.reduce((inner, key) => (isHolder(inner) ? known(inner, key) : undefined), holder);

/** What is lost with a resource; undefined when that is no data. */
export function dataOf({ type, props }: Shown): string | undefined {
  const simple = kinds[type];
  if (simple !== undefined) return simple;
  if (type === "gitlab:index/project:Project")
    return written.has(at(props, "path")) ? undefined : "a repository with its history";
  // Estate's other mounts are ways to log in.
  if (type === "vault:index/mount:Mount") return at(props, "type") === "kv" ? "tenants' secrets" : undefined;
  if (type === "kubernetes:core/v1:Namespace") {
    const home = at(props, "metadata", "labels", label.tenant) !== undefined;
    if (home) return "a home and all volumes that are claimed in it";
    return at(props, "metadata", "labels", label.dataOf) === undefined ? undefined : "the databases of a home";
  }
  return undefined;
}
