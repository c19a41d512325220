import {
  BranchProtection,
  type Group,
  Project,
  ProjectAccessToken,
  ProjectDeployToken,
  ProjectHook,
} from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import type { OperationsRepository, TenantRepositories } from "../../model/capability";
import { generationsOf, inUse, type EstateFacts, type Generation } from "../../model/home";
import { namespaceName, operationsProject } from "../../model/names";
import { promotionConfigPath } from "../../model/pipeline";
import { receiverName } from "../../model/platform";
import type { Child } from "./child";
import type { DeliveryCredential, PromotionCredential, RepositoryCredentials } from "./contract";

export interface OperationsArgs {
  readonly name: string;
  readonly request: TenantRepositories;
  readonly estate: EstateFacts;
  readonly group: Group;
  /** Path of the platform's pipelines, once they are written. */
  readonly pipelines: pulumi.Output<string>;
  /** The receivers' token of a generation; absent for a tenant whose credentials are gone. */
  readonly receiverToken: ((generation: Generation) => pulumi.Output<string>) | undefined;
}

/** The address at which Flux takes a receiver's calls: its own rule, from the token, the receiver's name and namespace. */
function receiverUrl(host: string, token: string, namespace: string): string {
  return `https://${host}/hook/${createHash("sha256").update(`${token}${receiverName}${namespace}`).digest("hex")}`;
}

/** Who may push and merge: by hand nobody into what is gated, and only owners (maintainers) merge there. */
function protection(operations: OperationsRepository, edition: EstateFacts["gitlab"]["edition"]) {
  const [push, merge] = operations.gate === "gated" ? ["no one", "maintainer"] : ["developer", "developer"];
  // The free edition knows one level each; the others want lists, and refuse the levels.
  return edition === "ce"
    ? { pushAccessLevel: push, mergeAccessLevel: merge }
    : { allowedToPushes: [{ accessLevel: push }], allowedToMerges: [{ accessLevel: merge }] };
}

function makeProject(
  { name, request, estate, group, pipelines }: OperationsArgs,
  operations: OperationsRepository,
  upstream: Project | undefined,
  child: Child,
): Project {
  const path = operationsProject(operations.environment);
  const project = new Project(
    `${name}/${path}`,
    {
      name: path,
      path,
      namespaceId: group.id.apply(Number),
      description: `What ${request.displayName} runs in ${operations.environment}`,
      visibilityLevel: "private",
      // The platform's own pipeline, whatever is in the repository: it holds what opens promotions.
      ...(request.operations.some(({ promotesFrom }) => promotesFrom === operations.environment)
        ? { ciConfigPath: pipelines.apply(promotionConfigPath) }
        : {}),
      ...(upstream === undefined
        ? { initializeWithReadme: true, defaultBranch: "main" }
        : { forkedFromProjectId: upstream.id.apply(Number), mrDefaultTargetSelf: false }),
    },
    { ...child, protect: estate.protect },
  );
  new BranchProtection(
    `${name}/${path}-main`,
    { project: project.id, branch: "main", allowForcePush: false, ...protection(operations, estate.gitlab.edition) },
    // A level changes by replacement, and one branch has one protection: the new one first would end with none.
    { ...child, deleteBeforeReplace: true },
  );
  return project;
}

/** A credential that reads one repository; where image automation commits, one that also writes to this one and no other. */
function makeCredential(
  { name }: OperationsArgs,
  { environment, automation }: OperationsRepository,
  project: Project,
  { expires, mark }: Generation,
  child: Child,
) {
  const path = operationsProject(environment);
  if (automation) {
    const token = new ProjectAccessToken(
      `${name}/${path}-automation${mark}`,
      {
        project: project.id,
        name: "flux-image-automation",
        scopes: ["read_repository", "write_repository"],
        accessLevel: "developer",
        expiresAt: expires,
      },
      child,
    );
    return { username: pulumi.output("flux-image-automation"), password: token.token };
  }
  const token = new ProjectDeployToken(
    `${name}/${path}-delivery${mark}`,
    {
      project: project.id,
      name: "flux",
      username: `flux-${environment}`,
      scopes: ["read_repository"],
      expiresAt: `${expires}T00:00:00.000Z`,
    },
    child,
  );
  return { username: token.username, password: token.token };
}

/** A credential that opens merge requests here: a developer's, and developers do not merge into what is gated. */
function makePromotion(
  { name }: OperationsArgs,
  { environment, promotesFrom }: OperationsRepository,
  project: Project,
  { expires, mark }: Generation,
  child: Child,
): PromotionCredential[] {
  if (promotesFrom === undefined) return [];
  const token = new ProjectAccessToken(
    `${name}/${operationsProject(environment)}-promotion${mark}`,
    {
      project: project.id,
      name: `promotion-from-${promotesFrom}`,
      scopes: ["api"],
      accessLevel: "developer",
      expiresAt: expires,
    },
    child,
  );
  return [{ into: environment, token: token.token }];
}

/** One for each generation: a receiver knows the token that its cluster read last, and its address is made from that. */
function makeHooks(
  { name, request }: OperationsArgs,
  operations: OperationsRepository,
  project: Project,
  { token: receiverToken, mark }: { readonly token: pulumi.Output<string>; readonly mark: string },
  child: Child,
): void {
  const namespace = namespaceName(request.tenant, operations.environment);
  for (const { cluster, host } of operations.receivers) {
    new ProjectHook(
      `${name}/${operationsProject(operations.environment)}-hook-${cluster}${mark}`,
      {
        project: project.id,
        // The path is as good as the token: it is made from it.
        url: receiverToken.apply((token) => receiverUrl(host, token, namespace)),
        token: receiverToken,
        pushEvents: true,
        pushEventsBranchFilter: "main",
        branchFilterStrategy: "wildcard",
        enableSslVerification: true,
      },
      child,
    );
  }
}

/** The repositories of a tenant's environments. Each is forked from the one it is promoted to, which the plan names before. */
export function makeOperations(args: OperationsArgs, child: Child): RepositoryCredentials {
  const made = new Map<string, Project>();
  const deliveries: DeliveryCredential[] = [];
  const promotions: PromotionCredential[] = [];
  for (const operations of args.request.operations) {
    const { environment, forkOf } = operations;
    const project = makeProject(args, operations, forkOf === undefined ? undefined : made.get(forkOf), child);
    made.set(environment, project);
    const { receiverToken: tokenOf } = args;
    if (tokenOf === undefined) continue;
    const used = inUse(generationsOf(args.estate.credentials, args.request.tenant), (generation) => {
      const receiverToken = tokenOf(generation);
      makeHooks(args, operations, project, { token: receiverToken, mark: generation.mark }, child);
      return {
        delivery: { ...makeCredential(args, operations, project, generation, child), receiverToken },
        promotions: makePromotion(args, operations, project, generation, child),
      };
    });
    deliveries.push({ environment, ...used.delivery });
    promotions.push(...used.promotions);
  }
  return { deliveries, promotions };
}
