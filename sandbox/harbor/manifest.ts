import { isRecord } from "@estate/clients";
import { createHash } from "node:crypto";

import { addedBytes, artifactOf, isImmutable, overQuota, repositoryOf, shortName } from "./artifacts";
import type { Harbor } from "./harbor";
import { denied, precondition } from "./refusal";
import type { Artifact, Project, Repository } from "./state";

/** A manifest on its way in. */
export interface Push {
  readonly repository: string;
  readonly project: Project;
  /** A tag or a digest. */
  readonly reference: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

/** Whether a reference is a digest and not a tag. */
export const isDigest = (reference: string): boolean => reference.includes(":");

/** Refuses what would move an immutable tag: such a tag can be pushed once, not even a second time with the same bytes. */
export function refuseOverwrite(harbor: Harbor, push: Push): void {
  if (isDigest(push.reference)) return;
  const known = artifactOf(repositoryOf(harbor.state, push.repository), push.reference);
  if (known !== undefined && isImmutable(harbor.state, push.project, push.repository, push.reference)) {
    throw immutable(push.repository, push.reference);
  }
}

/** Refuses the removal of an artifact that an immutable tag points at. */
export function refuseRemoval(harbor: Harbor, project: Project, repository: string, digest: string): void {
  const tags = artifactOf(repositoryOf(harbor.state, repository), digest)?.tags ?? [];
  const held = tags.find((tag) => isImmutable(harbor.state, project, repository, tag));
  if (held !== undefined) throw immutable(repository, held);
}

const immutable = (repository: string, tag: string): Error =>
  precondition(`Failed to process request due to '${shortName(repository)}:${tag}' configured as immutable.`);

/** The blobs a manifest needs and their sizes, as the registry holds them: what a manifest says of itself may be wrong. */
export async function blobsOf(harbor: Harbor, push: Push): Promise<Record<string, number>> {
  const own = `sha256:${createHash("sha256").update(push.body).digest("hex")}`;
  const blobs: Record<string, number> = { [own]: push.body.length };
  for (const digest of neededDigests(push.body)) {
    const size = await harbor.backend.blobSize(push.repository, digest);
    if (size !== undefined) blobs[digest] = size;
  }
  return blobs;
}

/** Refuses what does not fit into the project any more. */
export function refuseOverQuota(harbor: Harbor, push: Push, blobs: Readonly<Record<string, number>>): void {
  const why = overQuota(harbor.state, push.project, addedBytes(harbor.state, push.project, blobs));
  if (why !== undefined) throw denied(why);
}

function neededDigests(body: Buffer): Set<string> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(body.toString("utf8"));
  } catch {
    // The registry says what is wrong with it.
    return new Set();
  }
  if (!isRecord(manifest)) return new Set();
  const layers: unknown[] = Array.isArray(manifest["layers"]) ? manifest["layers"] : [];
  const digests = [manifest["config"], ...layers].map((each) => (isRecord(each) ? each["digest"] : undefined));
  return new Set(
    digests.filter((each) => typeof each === "string").filter((each) => /^[a-z0-9]+:[a-f0-9]+$/.test(each)),
  );
}

/** Notes what the registry has taken. A tag that pointed at another artifact points at this one now. */
export function recordPush(harbor: Harbor, push: Push, digest: string, blobs: Readonly<Record<string, number>>): void {
  const at = harbor.stamp();
  const repository = repositoryOf(harbor.state, push.repository) ?? addRepository(harbor, push, at);
  const artifact =
    repository.artifacts.find((each) => each.digest === digest) ?? addArtifact(repository, push, digest, blobs, at);
  repository.updated = at;
  if (!isDigest(push.reference)) {
    for (const each of repository.artifacts) each.tags = each.tags.filter((tag) => tag !== push.reference);
    artifact.tags.push(push.reference);
  }
  harbor.store.save();
}

function addRepository(harbor: Harbor, push: Push, at: string): Repository {
  const repository: Repository = {
    id: harbor.store.nextId("repository"),
    name: push.repository,
    projectId: push.project.id,
    created: at,
    updated: at,
    artifacts: [],
  };
  harbor.state.repositories.push(repository);
  return repository;
}

function addArtifact(
  repository: Repository,
  push: Push,
  digest: string,
  blobs: Readonly<Record<string, number>>,
  at: string,
): Artifact {
  const artifact: Artifact = { digest, mediaType: push.mediaType, pushed: at, blobs, tags: [] };
  repository.artifacts.push(artifact);
  return artifact;
}

/** Forgets an artifact that the registry has removed, and its repository with the last one. */
export function recordRemoval(harbor: Harbor, repository: string, digest: string): void {
  const known = repositoryOf(harbor.state, repository);
  if (known === undefined) return;
  known.artifacts = known.artifacts.filter((each) => each.digest !== digest);
  if (known.artifacts.length === 0) {
    harbor.state.repositories = harbor.state.repositories.filter(({ id }) => id !== known.id);
  }
  harbor.store.save();
}
