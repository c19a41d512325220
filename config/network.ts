import { z } from "zod";
import { isPrivate, parseCidr } from "../model/aws/cidr";
import { zonePattern } from "../model/aws/regions";
import { mostZones, networkPrefixes, serviceRangeMistake } from "../model/aws/subnets";
import { complaint, matching } from "./forms";

/** A block of addresses, `10.20.0.0/16`: its first address and the length of its prefix. */
export const block = z
  .string()
  .check(({ value, issues }) => {
    if (parseCidr(value) !== undefined) return;
    issues.push({
      code: "custom",
      input: value,
      message: `"${value}" is no block of IPv4 addresses`,
      ...complaint("A001", "write its first address and the length of its prefix: 10.20.0.0/16"),
    });
  })
  .meta({ pattern: "^\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+$" });

const network = block.refine(
  (text) => {
    const parsed = parseCidr(text);
    if (parsed === undefined) return true;
    const { shortest, longest } = networkPrefixes;
    return isPrivate(parsed) && parsed.prefix >= shortest && parsed.prefix <= longest;
  },
  {
    error: (issue) => `"${String(issue.input)}" is no network for a cluster`,
    ...complaint("A002", "write a /16 to /20 of private addresses: 10.20.0.0/16"),
  },
);

const services = block.check(({ value, issues }) => {
  const parsed = parseCidr(value);
  const cause = parsed === undefined ? undefined : serviceRangeMistake(parsed);
  if (cause !== undefined)
    issues.push({
      code: "custom",
      input: value,
      message: `"${value}": ${cause}`,
      ...complaint("A003", "leave it out, and one is made from the network"),
    });
});

const zone = matching(
  zonePattern,
  "not the id of a zone",
  complaint(
    "A004",
    "write ids, not names, which differ between accounts: euc1-az1 (aws ec2 describe-availability-zones)",
  ),
);

const subnetId = matching(
  /^subnet-[0-9a-f]{8,17}$/,
  "not the id of a subnet",
  complaint("A005", "write for example subnet-0123456789abcdef0"),
);

/** Services that a network can reach without the internet. */
export const endpointServices = [
  "autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "secretsmanager",
  "ssm", "sts",
] as const; // prettier-ignore

/** The network of a cluster that Estate makes. */
export const eksNetwork = z.strictObject({
  cidr: network.describe("The network's own addresses, for nodes and pods: a /16 to /20; nobody else's of this estate"),
  services: services
    .optional()
    .describe("The range of Services; made from `cidr` when absent, and different for each. It can never be changed"),
  zones: z
    .array(zone)
    .min(2)
    .max(mostZones)
    .optional()
    .describe("Ids of two or three zones; the region's own when absent. A cluster keeps its first ones for life"),
  nat: z
    .enum(["one", "per-zone", "regional", "none"])
    .default("one")
    .describe("How nodes reach the internet: one gateway, one in each zone, one for the region, or not at all"),
  endpoints: z
    .union([z.boolean(), z.array(z.enum(endpointServices))])
    .default(false)
    .describe("Services of AWS that are reached inside the network: all that nodes need, or these. S3 always is"),
  flowLogs: z.boolean().default(false).describe("Keep a log of refused connections"),
  vpc: z
    .strictObject({
      id: matching(
        /^vpc-[0-9a-f]{8,17}$/,
        "not the id of a VPC",
        complaint("A005", "write for example vpc-0123456789abcdef0"),
      ).describe("The network's id"),
      private: z.array(subnetId).min(2).describe("Subnets of nodes and pods, with a way out"),
      intra: z.array(subnetId).min(2).optional().describe("Subnets of the control plane; those of nodes when absent"),
    })
    .optional()
    .describe("A network that is there already, by ids; then `cidr` says its addresses, and nothing of it is made"),
});
