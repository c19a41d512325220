import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a RepositoryFile is made from. */
export interface RepositoryFileArgs {
  readonly authorEmail?: pulumi.Input<string>;
  readonly authorName?: pulumi.Input<string>;
  readonly branch: pulumi.Input<string>;
  readonly commitMessage?: pulumi.Input<string>;
  readonly content: pulumi.Input<string>;
  readonly createCommitMessage?: pulumi.Input<string>;
  readonly deleteCommitMessage?: pulumi.Input<string>;
  readonly encoding: pulumi.Input<string>;
  readonly executeFilemode?: pulumi.Input<boolean>;
  readonly filePath: pulumi.Input<string>;
  readonly overwriteOnCreate?: pulumi.Input<boolean>;
  readonly project: pulumi.Input<string>;
  readonly startBranch?: pulumi.Input<string>;
  readonly updateCommitMessage?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/repositoryFile:RepositoryFile",
  required: ["branch", "content", "encoding", "filePath", "project"],
  properties: words(`
    authorEmail authorName blobId branch commitId commitMessage content contentSha256 createCommitMessage
    deleteCommitMessage encoding executeFilemode fileName filePath lastCommitId overwriteOnCreate project ref
    size startBranch updateCommitMessage
  `),
};

/** One file on one branch of a project's repository. */
export class RepositoryFile extends Resource {
  declare readonly authorEmail: pulumi.Output<string | undefined>;
  declare readonly authorName: pulumi.Output<string | undefined>;
  declare readonly blobId: pulumi.Output<string>;
  declare readonly branch: pulumi.Output<string>;
  declare readonly commitId: pulumi.Output<string>;
  declare readonly commitMessage: pulumi.Output<string | undefined>;
  declare readonly content: pulumi.Output<string>;
  declare readonly contentSha256: pulumi.Output<string>;
  declare readonly createCommitMessage: pulumi.Output<string | undefined>;
  declare readonly deleteCommitMessage: pulumi.Output<string | undefined>;
  declare readonly encoding: pulumi.Output<string>;
  declare readonly executeFilemode: pulumi.Output<boolean | undefined>;
  declare readonly fileName: pulumi.Output<string>;
  declare readonly filePath: pulumi.Output<string>;
  declare readonly lastCommitId: pulumi.Output<string>;
  declare readonly overwriteOnCreate: pulumi.Output<boolean | undefined>;
  declare readonly project: pulumi.Output<string>;
  declare readonly ref: pulumi.Output<string>;
  declare readonly size: pulumi.Output<number>;
  declare readonly startBranch: pulumi.Output<string | undefined>;
  declare readonly updateCommitMessage: pulumi.Output<string | undefined>;

  constructor(name: string, args: RepositoryFileArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
