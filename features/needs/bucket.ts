import { bucketKeys } from "../../model/needs";
import { needSchema, onAws, type Need } from "./need";

/** A bucket of an application's own, in S3. Its pods open it by a role, and no key is made. */
export const bucket: Need<"bucket"> = {
  kind: "bucket",
  schema: needSchema("bucket", "A bucket of its own"),
  servedBy: onAws,
  keys: bucketKeys,
  // The agent of EKS Pod Identity on the node. S3 itself has public addresses: the profile opens those, or does not.
  egress: () => [{ ports: [{ port: 80, protocol: "TCP" }], to: [{ ipBlock: { cidr: "169.254.170.23/32" } }] }],
};
