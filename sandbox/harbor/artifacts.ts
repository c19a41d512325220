import { ruleSpeaksOf } from "./selector";
import type { Artifact, HarborState, Project, Repository } from "./state";

/** A repository's name without its project's. */
export const shortName = (repository: string): string => repository.slice(repository.indexOf("/") + 1);

export function repositoryOf(state: HarborState, name: string): Repository | undefined {
  return state.repositories.find((each) => each.name === name);
}

/** Whether a tag falls under a rule of its project that is on. */
export function isImmutable(state: HarborState, project: Project, repository: string, tag: string): boolean {
  return state.immutableRules.some(
    (rule) => rule.projectId === project.id && ruleSpeaksOf(rule, shortName(repository), tag),
  );
}

/** The artifact a tag or digest names. */
export function artifactOf(repository: Repository | undefined, reference: string): Artifact | undefined {
  return repository?.artifacts.find(({ digest, tags }) => digest === reference || tags.includes(reference));
}

/** The bytes a project holds: each blob counts once, however many artifacts need it. */
export function usedBytes(state: HarborState, project: Project): number {
  return total(heldBlobs(state, project));
}

/** The bytes that these blobs would add. */
export function addedBytes(state: HarborState, project: Project, blobs: Readonly<Record<string, number>>): number {
  const held = heldBlobs(state, project);
  return total(new Map(Object.entries(blobs).filter(([digest]) => !held.has(digest))));
}

function heldBlobs(state: HarborState, project: Project): Map<string, number> {
  const repositories = state.repositories.filter(({ projectId }) => projectId === project.id);
  return new Map(
    repositories.flatMap(({ artifacts }) =>
      artifacts.flatMap(({ blobs }): [string, number][] => Object.entries(blobs)),
    ),
  );
}

const total = (blobs: ReadonlyMap<string, number>): number => [...blobs.values()].reduce((sum, size) => sum + size, 0);

/** Bytes in the words of Harbor's messages. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${String(value)} B` : `${value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** Why this many more bytes are too many for the project; undefined when they fit. */
export function overQuota(state: HarborState, project: Project, more: number): string | undefined {
  const limit = state.quotas.find(({ projectId }) => projectId === project.id)?.storage ?? -1;
  const used = usedBytes(state, project);
  if (limit === -1 || state.settings["quota_per_project_enable"] !== true || used + more <= limit) return undefined;
  return (
    `adding ${sizeText(more)} of storage resource, which when updated to current usage of ${sizeText(used)} ` +
    `will exceed the configured upper limit of ${sizeText(limit)}.`
  );
}
