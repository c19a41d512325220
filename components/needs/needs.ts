import type * as pulumi from "@pulumi/pulumi";
import type { AwsPlace } from "../../model/aws/arns";
import { currentOf, generationsOf, type EstateFacts } from "../../model/home";
import type { PodIdentityPlan } from "../../plan/aws/identities";
import { planNeeds, type NeededBucket, type NeededDatabase } from "../../plan/aws/needs";
import { eksName } from "../../model/aws/names";
import { makeBucket } from "../aws/bucket";
import { makeDatabase } from "../aws/database";
import { makeDoorway } from "../aws/doorway";
import { makeRole } from "../aws/role";
import { aws } from "../aws/sdk";
import type { Secrets } from "../vault/contract";
import type { Needs, NeedsGround } from "./contract";
import { login, makePassword } from "./login";

/** What needs are made with. */
export interface NeedsArgs {
  readonly estate: Pick<EstateFacts, "name" | "protect" | "credentials">;
  readonly place: AwsPlace;
  readonly provider: pulumi.ProviderResource;
  readonly random: pulumi.ProviderResource;
  readonly secrets: Secrets;
  /** By cluster. */
  readonly grounds: ReadonlyMap<string, NeedsGround>;
}

/** Keeps what a Secret will hold, while it may be used at all. */
type Keep = (path: string, values: Readonly<Record<string, pulumi.Input<string>>>) => void;

/** Databases and buckets of applications, as AWS serves them. */
export function awsNeeds(args: NeedsArgs): Needs {
  const { estate, place, secrets, grounds } = args;
  return {
    application: (request, parent) => {
      const ground = grounds.get(request.cluster);
      if (ground === undefined)
        throw new RangeError(`cluster ${request.cluster} told no network for what is needed on it`);
      const name = `needs/${request.cluster}/${request.namespace}`;
      const plan = planNeeds({ place, estate: estate.name, protect: estate.protect }, request);
      const version = currentOf(generationsOf(estate.credentials, request.tenant)).serial;
      const keep: Keep = (path, values) => {
        if (request.credentials) secrets.keep({ path, version }, values, parent);
      };
      for (const need of plan.databases) database(`${name}/${need.secret}`, need, { ...args, ground, keep, parent });
      for (const need of plan.buckets) bucket(`${name}/${need.secret}`, need, { ...args, keep, parent });
      if (plan.pods !== undefined)
        letIn(`${name}/${request.application}`, plan.pods, eksName(estate.name, request.cluster), {
          parent,
          provider: args.provider,
        });
    },
  };
}

interface Making extends NeedsArgs {
  readonly keep: Keep;
  readonly parent: pulumi.ComponentResource;
}

/** A database with a password that Vault alone tells, and a way in for the cluster's pods. */
function database(
  name: string,
  { database: plan, path }: NeededDatabase,
  { estate, provider, random, ground, keep, parent }: Making & { readonly ground: NeedsGround },
): void {
  const { protect } = estate;
  const { vpc, subnets, pods } = ground;
  const child = { parent, provider };
  const password = makePassword(name, { parent, provider: random, protect });
  const door = makeDoorway(`${name}-door`, { title: plan.id, vpc, from: pods, port: 5432 }, child);
  const host = makeDatabase(name, { plan, password, door, subnets, protect }, child);
  const { database: called, username } = plan;
  keep(path, login({ host, database: called, username, password }));
}

function bucket(
  name: string,
  { bucket: plan, path, region }: NeededBucket,
  { estate, provider, keep, parent }: Making,
): void {
  makeBucket(name, plan, estate.protect, { parent, provider });
  keep(path, { bucket: plan.name, region });
}

/** Pods of one ServiceAccount act as a role. */
function letIn(
  name: string,
  { namespace, serviceAccount, role }: PodIdentityPlan,
  clusterName: string,
  child: pulumi.CustomResourceOptions,
): void {
  const made = makeRole(`${name}-role`, role, child);
  new aws.eks.PodIdentityAssociation(
    `${name}-identity`,
    { clusterName, namespace, serviceAccount, roleArn: made.role.arn },
    { ...child, deleteBeforeReplace: true },
  );
}
