import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a ImmutableTagRule is made from. */
export interface ImmutableTagRuleArgs {
  readonly disabled?: pulumi.Input<boolean>;
  readonly projectId: pulumi.Input<string>;
  readonly repoExcluding?: pulumi.Input<string>;
  readonly repoMatching?: pulumi.Input<string>;
  readonly tagExcluding?: pulumi.Input<string>;
  readonly tagMatching?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "harbor:index/immutableTagRule:ImmutableTagRule",
  required: ["projectId"],
  properties: words(`
    disabled projectId repoExcluding repoMatching tagExcluding tagMatching
  `),
};

/** Tags that nobody can overwrite. */
export class ImmutableTagRule extends Resource {
  declare readonly disabled: pulumi.Output<boolean | undefined>;
  declare readonly projectId: pulumi.Output<string>;
  declare readonly repoExcluding: pulumi.Output<string | undefined>;
  declare readonly repoMatching: pulumi.Output<string | undefined>;
  declare readonly tagExcluding: pulumi.Output<string | undefined>;
  declare readonly tagMatching: pulumi.Output<string | undefined>;

  constructor(name: string, args: ImmutableTagRuleArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
