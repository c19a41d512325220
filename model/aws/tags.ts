/** Tags by key. */
export type Tags = Readonly<Record<string, string>>;

/** The tags by which an account's bill and its people know Estate's resources. */
export const tagKey = {
  estate: "estate:name",
  cluster: "estate:cluster",
  tenant: "estate:tenant",
  managedBy: "estate:managed-by",
} as const;

/** On everything that an estate makes, by the provider's default tags. */
export const estateTags = (estate: string): Tags => ({ [tagKey.estate]: estate, [tagKey.managedBy]: "estate" });

/** On everything of one cluster. */
export const clusterTags = (cluster: string): Tags => ({ [tagKey.cluster]: cluster });

/** What a subnet is for, as the controllers of load balancers look for it. */
export const subnetRoleTags = {
  public: { "kubernetes.io/role/elb": "1" },
  private: { "kubernetes.io/role/internal-elb": "1" },
  intra: {},
} as const satisfies Record<string, Tags>;

/** Tags that EKS writes by itself on what others own: the provider passes them over, else each run would take them off. */
export const foreignTagPrefixes: readonly string[] = ["kubernetes.io/cluster/"];

/** A name for the console, which shows the tag `Name` alone. */
export const nameTag = (name: string): Tags => ({ Name: name });
