/** A field of something that Estate makes, and that somebody else writes. */
export interface ForeignField {
  /** Kind of the object, or type of the resource. */
  readonly of: string;
  /** Dotted path. */
  readonly path: string;
  readonly writer: string;
  readonly why: string;
}

/**
 * All of them. Estate never says anything of these fields, so nobody fights: the API server's field managers keep what one
 * side says apart from the other's, and where a provider compares whole values the resource ignores changes of this one. A
 * test holds the plan to it (test/model/foreign-fields.test.ts); docs/architecture.md shows the table.
 */
export const foreignFields: readonly ForeignField[] = [
  ...["HelmRelease", "ImageUpdateAutomation", "Kustomization"].map((of) => ({
    of,
    path: "spec.suspend",
    writer: "a tenant's people",
    why: "they stop and resume delivery; Estate says so only for a tenant that is not active, and of releases before another engine",
  })),
  ...["GitRepository", "HelmRelease", "ImageRepository", "Kustomization"].map((of) => ({
    of,
    path: "metadata.annotations.reconcile.fluxcd.io/requestedAt",
    writer: "Flux's receivers, and people",
    why: "asks a controller to look now",
  })),
  {
    of: "ExternalSecret",
    path: "metadata.annotations.force-sync",
    writer: "a tenant's people",
    why: "asks External Secrets to read Vault now",
  },
  {
    of: "Namespace",
    path: "metadata.labels.kubernetes.io/metadata.name",
    writer: "Kubernetes",
    why: "the name as a label, for selectors",
  },
  {
    of: "gitlab:index/repositoryFile:RepositoryFile .gitlab-ci.yml",
    path: "content",
    writer: "an application's team",
    why: "it adds jobs of its own to the three lines that Estate writes once",
  },
];

/** What resources of this type leave to others: names of their properties. */
export function leftToOthers(of: string): string[] {
  return foreignFields.filter((field) => field.of === of).map(({ path }) => path);
}
