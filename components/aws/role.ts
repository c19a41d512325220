import type { Role } from "@pulumi/aws/iam/role";
import * as pulumi from "@pulumi/pulumi";
import { policyText, type PolicyDocument } from "../../model/aws/policy";
import type { RolePlan } from "../../plan/aws/roles";
import { aws } from "./sdk";

/** A role with its rights. */
export interface RoleWithRights {
  readonly role: Role;
  /**
   * What gives it its rights. Who works as the role depends on these, by `dependsOn`: taken as inputs, one more right would
   * show the role's ARN as unknown in a preview, and with it the replacement of a cluster. They go after those who depend,
   * too: else EKS could not take its own network interfaces away.
   */
  readonly rights: readonly pulumi.Resource[];
}

/** A role as it is made: whom it trusts may be known to the run alone. */
export type RoleArgs = Omit<RolePlan, "trust"> & { readonly trust: PolicyDocument | pulumi.Output<PolicyDocument> };

/** Makes a role with its rights. */
export function makeRole(name: string, plan: RoleArgs, opts: pulumi.CustomResourceOptions): RoleWithRights {
  const role = new aws.iam.Role(
    name,
    { name: plan.name, assumeRolePolicy: trustText(plan.trust) },
    // Its name is fixed, so a new one cannot stand beside the old.
    { ...opts, deleteBeforeReplace: true },
  );
  const attached = plan.managed.map(
    (arn) =>
      new aws.iam.RolePolicyAttachment(
        `${name}-${arn.split("/").at(-1) ?? arn}`,
        { role: role.name, policyArn: arn },
        opts,
      ),
  );
  const own =
    plan.policy === undefined
      ? []
      : [
          new aws.iam.RolePolicy(
            `${name}-own`,
            { name: "own", role: role.name, policy: policyText(plan.policy) },
            opts,
          ),
        ];
  return { role, rights: [...attached, ...own] };
}

function trustText(trust: RoleArgs["trust"]): pulumi.Input<string> {
  return pulumi.Output.isInstance(trust) ? trust.apply(policyText) : policyText(trust);
}
