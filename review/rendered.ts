import { createTwoFilesPatch, diffLines } from "diff";
import type { Change } from "./changes";

/** Where the cluster-management project keeps tenants' objects (`model/rendering.ts`). */
const tenantsFile = /^clusters\/([^/]+)\/tenants\/[^/]+\.yaml$/;

/** What a commit to the cluster-management project changes, as a unified diff. */
export interface RenderedDiff {
  readonly file: string;
  readonly cluster: string;
  readonly lines: readonly string[];
}

const contentOf = (state: Change["before"]): string => {
  const content = state?.inputs["content"];
  return typeof content === "string" ? content : "";
};

/** The diff of what is rendered to Git; undefined for every other resource, and where nothing in the file changes. */
export function renderedDiff({ type, before, after, action }: Change): RenderedDiff | undefined {
  if (!/^gitlab:index[/:].*RepositoryFile$/.test(type)) return undefined;
  const path = (action === "delete" ? before : after)?.inputs["filePath"];
  const [file, cluster] = tenantsFile.exec(typeof path === "string" ? path : "") ?? [];
  if (file === undefined || cluster === undefined) return undefined;
  const [old, now] = [contentOf(before), action === "delete" ? "" : contentOf(after)];
  if (old === now) return undefined;
  const patch = createTwoFilesPatch(
    old === "" ? "/dev/null" : `a/${file}`,
    now === "" ? "/dev/null" : `b/${file}`,
    old,
    now,
    undefined,
    undefined,
    { context: 3 },
  );
  // Its first line is a rule that only a mail needs.
  return { file, cluster, lines: patch.trimEnd().split("\n").slice(1) };
}

/** The lines of a longer text that come and go, each with its sign. */
export function changedLines(before: string, after: string): string[] {
  return diffLines(before, after).flatMap(({ added, removed, value }) =>
    added || removed
      ? value
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `${added ? "+" : "-"} ${line}`)
      : [],
  );
}
