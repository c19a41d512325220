import type { Cluster, ExistingCluster } from "../config/clusters";
import type { Settings } from "../config/schema";
import { estateTags, foreignTagPrefixes, type Tags } from "../model/aws/tags";
import { isCentral, issuedPrefix } from "../engines";
import type { EstateFacts } from "../model/home";
import { planEks, type CentralEngine, type EksPlan } from "./aws/cluster";
import { eksObjects } from "./aws/objects";
import type { KindOfCluster } from "./platform";

/** A cluster that was brought along: which one it must be, and whose tokens it signs. */
export interface ExistingConnection {
  readonly kind: "existing";
  readonly uid?: string;
  readonly tokenIssuer: { readonly jwksUrl?: string; readonly issuer?: string };
}

/** How the program comes by a cluster: what a backend is picked by, and all that it is told. */
export type ClusterConnection = ExistingConnection | EksPlan;

/** Where in AWS the estate is. */
export interface AwsAccountPlan {
  readonly region: string;
  readonly account: string;
  /** On everything. */
  readonly tags: Tags;
  /** Beginnings of the tags that others write, and that are let be. */
  readonly foreignTagPrefixes: readonly string[];
}

function existing({ uid, tokenIssuer }: ExistingCluster): ExistingConnection {
  const { jwksUrl, issuer } = tokenIssuer;
  return {
    kind: "existing",
    ...(uid === undefined ? {} : { uid }),
    tokenIssuer: { ...(jwksUrl === undefined ? {} : { jwksUrl }), ...(issuer === undefined ? {} : { issuer }) },
  };
}

/** Plans how a cluster is come by. */
export function planConnection(
  estate: EstateFacts,
  name: string,
  cluster: Cluster,
  { aws, clusters }: Pick<Settings, "aws" | "clusters">,
): ClusterConnection {
  if (cluster.kind === "existing") return existing(cluster);
  if (aws === undefined) throw new RangeError(`cluster ${name} needs estate:aws, which config/ has checked`);
  const { region, account, deployers } = aws;
  return planEks({ place: { region, account }, deployers, estate }, name, cluster, centralEngine(estate, clusters));
}

/** The GitOps engine, where it runs on the control plane alone. */
function centralEngine({ gitops }: EstateFacts, clusters: Settings["clusters"]): CentralEngine | undefined {
  if (!isCentral(gitops.kind)) return undefined;
  const entries = Object.entries(clusters);
  const [plane = ""] = entries.find(([, { role }]) => role === "control-plane") ?? [];
  const targets = entries.flatMap(([name, { kind, role }]) => (kind === "eks" && role === "workload" ? [name] : []));
  const prefix = issuedPrefix({ gitops });
  return {
    namespace: gitops.namespace,
    plane,
    targets: targets.sort(),
    ...(prefix === undefined ? {} : { usernamePrefix: prefix }),
  };
}

/** The account, where any cluster is on AWS, or images are. */
export function planAccount(settings: Settings): AwsAccountPlan | undefined {
  const onAws = Object.values(settings.clusters).some(({ kind }) => kind === "eks");
  if (settings.aws === undefined || !(onAws || settings.registry.kind === "ecr")) return undefined;
  const { region, account } = settings.aws;
  return { region, account, tags: estateTags(settings.name), foreignTagPrefixes };
}

/** What the kind of a cluster adds to the platform on it. */
export function kindOf(connection: ClusterConnection): KindOfCluster {
  if (connection.kind === "existing") return { objects: [], facts: {} };
  const { region, eksName, compute } = connection;
  return { objects: eksObjects(compute.kind), facts: { aws: { region, cluster: eksName } } };
}
