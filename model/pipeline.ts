import type { EnvironmentFacts } from "./home";
import { pipelinesProject, platformGroup } from "./names";

/**
 * The branch of the platform's pipelines that projects include. Not a tag: an application's file is its team's from the
 * day it is made, so a mend of the pipelines would wait for a commit in every one of them. A team that wants to choose
 * its day writes a tag there.
 */
const pipelineRef = "main";

/** Path of the platform's pipelines project. */
export function pipelinesPath({ gitlab }: { readonly gitlab: { readonly parent: string } }): string {
  return `${gitlab.parent}/${platformGroup}/${pipelinesProject}`;
}

/** The file of the platform's pipelines that applications include. */
export const applicationPipeline = "application.yml";

/** The file that the repositories of environments run which are promoted from. */
export const promotionPipeline = "promotion.yml";

/** An application's pipeline: three lines, so that the platform's changes reach it without a commit. */
export function pipelineInclude(project: string): string {
  return `include:\n  - project: ${JSON.stringify(project)}\n    ref: ${pipelineRef}\n    file: ${applicationPipeline}\n`;
}

/** GitLab's setting that makes a project run a pipeline of another project, whatever files it has itself. */
export function promotionConfigPath(project: string): string {
  return `${promotionPipeline}@${project}:${pipelineRef}`;
}

/** One step of the promotion chain: what runs in `from` is proposed to `into`. */
export interface Promotion {
  readonly from: string;
  readonly into: string;
}

/** The promotion chain's steps, among these environments. */
export function promotionsOf(environments: readonly EnvironmentFacts[]): Promotion[] {
  return environments.flatMap(({ name, promotesFrom }) =>
    environments.some((other) => other.name === promotesFrom) && promotesFrom !== undefined
      ? [{ from: promotesFrom, into: name }]
      : [],
  );
}

/** The folder that says which versions run. */
export const imagesFolder = "images";

/** Folders that a promotion carries. Everything else in an environment's repository is that environment's own. */
export const promotedFolders = ["base", imagesFolder] as const;
