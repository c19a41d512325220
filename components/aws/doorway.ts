import type * as pulumi from "@pulumi/pulumi";
import { nameTag } from "../../model/aws/tags";
import { aws } from "./sdk";

/** A security group that lets in one other, at one port. */
export interface Doorway {
  readonly group: pulumi.Output<string>;
  /** Before it nobody comes in. */
  readonly rule: pulumi.Resource;
}

/** What a doorway is made of. */
export interface DoorwayArgs {
  /** What is behind it, by the name that the console shows. */
  readonly title: string;
  readonly vpc: pulumi.Input<string>;
  readonly from: pulumi.Input<string>;
  readonly port: number;
}

/** Makes a way in for a cluster's pods, and for nobody else. Without a rule for it, nothing goes out. */
export function makeDoorway(
  name: string,
  { title, vpc, from, port }: DoorwayArgs,
  opts: pulumi.CustomResourceOptions,
): Doorway {
  const tags = nameTag(title);
  const group = new aws.ec2.SecurityGroup(name, { vpcId: vpc, description: `The way to ${title}`, tags }, opts);
  const rule = new aws.vpc.SecurityGroupIngressRule(
    `${name}-pods`,
    { securityGroupId: group.id, referencedSecurityGroupId: from, ipProtocol: "tcp", fromPort: port, toPort: port },
    opts,
  );
  return { group: group.id, rule };
}
