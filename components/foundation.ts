import * as pulumi from "@pulumi/pulumi";
import type { RepositoriesFoundation } from "./gitlab/contract";
import type { NeedsGround } from "./needs/contract";
import type { SecretsFoundation } from "./vault/contract";

/** What a platform gives its tenants that only its run knows: a stack of tenants reads it from the platform's outputs. */
export interface Foundation {
  readonly secrets: SecretsFoundation;
  readonly repositories: RepositoriesFoundation;
  /** Number of the cluster-management project, as text; absent with delivery `direct`. */
  readonly management?: pulumi.Output<string>;
  /** By cluster, the name of its ready GitOps engine (`ConnectedCluster.ready`). */
  readonly clusters: ReadonlyMap<string, pulumi.Output<string>>;
  /** By cluster that the platform made, how it is spoken to; without a credential. */
  readonly kubeconfigs: ReadonlyMap<string, pulumi.Output<string>>;
  /** By cluster that the platform made, where databases of applications stand. */
  readonly grounds: ReadonlyMap<string, NeedsGround>;
}

/** The plain part of a foundation as the output of a stack. */
interface HandedOver {
  readonly secrets: {
    readonly mount: string;
    readonly pipelineMount: string;
    readonly authMounts: Readonly<Record<string, string>>;
  };
  readonly repositories: { readonly parentId: number; readonly pipelines: string };
  readonly management?: string;
  readonly clusters: Readonly<Record<string, string>>;
  /** Absent where every cluster was brought along. */
  readonly kubeconfigs?: Readonly<Record<string, string>>;
  /** The same. */
  readonly grounds?: Readonly<Record<string, pulumi.Unwrap<NeedsGround>>>;
}

/** A platform's outputs for its tenants: two, so that what is no secret stays readable in the tenants' stacks. */
export interface Handover {
  readonly foundation: pulumi.Output<HandedOver>;
  /** Secret. */
  readonly receivers: pulumi.Output<string>;
}

/** What a platform's stack shows for its tenants' stacks to take over. */
export function handOver(foundation: Foundation): Handover {
  const { secrets, repositories, management, clusters, kubeconfigs, grounds } = foundation;
  const { parentId, pipelines, receivers } = repositories;
  return {
    foundation: pulumi.output({
      secrets: { ...secrets, authMounts: Object.fromEntries(secrets.authMounts) },
      repositories: { parentId, pipelines },
      ...(management === undefined ? {} : { management }),
      clusters: Object.fromEntries(clusters),
      ...(kubeconfigs.size === 0 ? {} : { kubeconfigs: Object.fromEntries(kubeconfigs) }),
      ...(grounds.size === 0 ? {} : { grounds: Object.fromEntries(grounds) }),
    }),
    receivers: pulumi.secret(receivers),
  };
}

export interface TakeOverArgs {
  /** The stack with the platform. */
  readonly platform: string;
  /** The clusters of the settings: the platform must have raised all of them. */
  readonly clusters: readonly string[];
  /** Those of them that the platform makes. */
  readonly made: readonly string[];
  /** Those beside which something stands that an application needs; none when absent. */
  readonly beside?: readonly string[];
  /** Whether tenants are delivered by Git. */
  readonly managed: boolean;
}

/** What is wrong with what the platform's stack says of itself; undefined when it fits the settings. */
function misfit(found: unknown, { platform, clusters, made, beside = [], managed }: TakeOverArgs): string | undefined {
  if (typeof found !== "object" || found === null)
    return `stack "${platform}" hands nothing over; raise it first, with scope platform: pulumi up --stack ${platform}`;
  const { clusters: raised = {}, kubeconfigs = {}, grounds = {}, management } = found as Partial<HandedOver>;
  const missing = clusters.filter(
    (cluster) =>
      !Object.hasOwn(raised, cluster) ||
      (made.includes(cluster) && !Object.hasOwn(kubeconfigs, cluster)) ||
      (beside.includes(cluster) && !Object.hasOwn(grounds, cluster)),
  );
  if (missing.length > 0 || (managed && management === undefined))
    return (
      `stack "${platform}" was raised with other settings: ` +
      (missing.length > 0 ? `it lacks ${missing.join(", ")}` : "it delivers no tenant by Git") +
      `; raise it first: pulumi up --stack ${platform}`
    );
  return undefined;
}

/**
 * Reads what the platform's stack hands over, before anything else is made. A platform that is not there, or behind the
 * settings, ends the run with one line.
 */
export async function takeOver(args: TakeOverArgs): Promise<Foundation> {
  const stack = [pulumi.getOrganization(), pulumi.getProject(), args.platform].join("/");
  const reference = new pulumi.StackReference("platform", { name: stack });
  const plain = await reference.getOutputDetails("foundation" satisfies keyof Handover);
  const secret = await reference.getOutputDetails("receivers" satisfies keyof Handover);
  const found: unknown = plain.value;
  const wrong = misfit(found, args);
  if (wrong !== undefined) throw new pulumi.RunError(wrong);
  const { secrets, repositories, management, clusters, kubeconfigs = {}, grounds = {} } = found as HandedOver;
  const outputs = (values: Readonly<Record<string, string>>) =>
    new Map(Object.entries(values).map(([key, each]) => [key, pulumi.output(each)]));
  return {
    secrets: {
      mount: pulumi.output(secrets.mount),
      pipelineMount: pulumi.output(secrets.pipelineMount),
      authMounts: outputs(secrets.authMounts),
    },
    repositories: {
      parentId: pulumi.output(repositories.parentId),
      pipelines: pulumi.output(repositories.pipelines),
      receivers: pulumi.secret(String(secret.secretValue)),
    },
    ...(management === undefined ? {} : { management: pulumi.output(management) }),
    clusters: outputs(clusters),
    kubeconfigs: outputs(kubeconfigs),
    grounds: new Map(Object.entries(grounds)),
  };
}
