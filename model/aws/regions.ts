/** AWS is three separate worlds: accounts, names and services of one are unknown in the others. */
export type Partition = "aws" | "aws-cn" | "aws-us-gov";

/** The partition of a region. */
export function partitionOf(region: string): Partition {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The form of a region's name: `eu-central-1`, `us-gov-west-1`. */
export const regionPattern = /^[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * The form of a zone's id, `euc1-az1`. Ids and not names are used: in the older regions each account has names of its own
 * (one account's us-east-1a is another's us-east-1c), and what EKS refuses is known by id.
 */
export const zonePattern = /^[a-z]{2,5}\d-az\d$/;

/**
 * Zones by region that are used when the settings name none: three where there are three. Only regions whose zones are known
 * here; for others the settings say which. Source: AWS's list of zone ids, read 2026-11-21.
 */
const zonesByRegion: Readonly<Record<string, readonly string[]>> = {
  "af-south-1": ["afs1-az1", "afs1-az2", "afs1-az3"],
  "ap-northeast-1": ["apne1-az1", "apne1-az2", "apne1-az4"],
  "ap-northeast-2": ["apne2-az1", "apne2-az2", "apne2-az3"],
  "ap-south-1": ["aps1-az1", "aps1-az2", "aps1-az3"],
  "ap-southeast-1": ["apse1-az1", "apse1-az2", "apse1-az3"],
  "ap-southeast-2": ["apse2-az1", "apse2-az2", "apse2-az3"],
  "ca-central-1": ["cac1-az1", "cac1-az2", "cac1-az4"],
  "eu-central-1": ["euc1-az1", "euc1-az2", "euc1-az3"],
  "eu-north-1": ["eun1-az1", "eun1-az2", "eun1-az3"],
  "eu-south-1": ["eus1-az1", "eus1-az2", "eus1-az3"],
  "eu-west-1": ["euw1-az1", "euw1-az2", "euw1-az3"],
  "eu-west-2": ["euw2-az1", "euw2-az2", "euw2-az3"],
  "eu-west-3": ["euw3-az1", "euw3-az2", "euw3-az3"],
  "sa-east-1": ["sae1-az1", "sae1-az2", "sae1-az3"],
  "us-east-1": ["use1-az1", "use1-az2", "use1-az4"],
  "us-east-2": ["use2-az1", "use2-az2", "use2-az3"],
  "us-gov-east-1": ["usge1-az1", "usge1-az2", "usge1-az3"],
  "us-gov-west-1": ["usgw1-az1", "usgw1-az2", "usgw1-az3"],
  "us-west-1": ["usw1-az1", "usw1-az3"],
  "us-west-2": ["usw2-az1", "usw2-az2", "usw2-az3"],
};

/** The zones of a region that Estate uses by itself; undefined for a region that it does not know. */
export function knownZones(region: string): readonly string[] | undefined {
  return Object.hasOwn(zonesByRegion, region) ? zonesByRegion[region] : undefined;
}

/** The regions whose zones are known here. */
export const knownRegions: readonly string[] = Object.keys(zonesByRegion);

/** Zones in which EKS places no control plane (EKS user guide, "VPC and subnet requirements"). */
export const zonesWithoutControlPlane: ReadonlySet<string> = new Set(["use1-az3", "usw1-az2", "cac1-az3"]);
