/**
 * Where charts and images come from instead of their own registries. An image keeps its path, and the mirror stands in for
 * its host: that is the one form which the image settings of all charts can say.
 */
export interface Mirror {
  /** Beginning of the charts' addresses: `oci://mirror.example.com/charts`. */
  readonly charts: string;
  /** Beginning of the images' names, without a scheme: `mirror.example.com`. */
  readonly images: string;
}

/** Where a chart is: its name, and the repository that holds it, `https://...` or `oci://...`. */
export interface Chart {
  readonly chart: string;
  readonly repository: string;
}

/** What runtimes take for a host at the beginning of an image's name. */
const host = /^(?:[^/]*[.:][^/]*|localhost)$/;

/** An image's name with its host: `velero/velero` is `docker.io/velero/velero`, and `busybox` one of Docker's library. */
export function fullImageName(image: string): string {
  const [first = "", ...path] = image.split("/");
  if (path.length === 0) return `docker.io/library/${image}`;
  return host.test(first) ? image : `docker.io/${image}`;
}

/** An image's name, or the beginning of one, under the mirror if there is one. */
export function mirroredImage(image: string, mirror: Mirror | undefined): string {
  const full = fullImageName(image);
  return mirror === undefined ? full : `${mirror.images}${full.slice(full.indexOf("/"))}`;
}

/** An OCI artifact that is no chart lies with the images. */
export function mirroredArtifact(address: string, mirror: Mirror | undefined): string {
  return mirror === undefined ? address : `oci://${mirroredImage(address.replace(/^oci:\/\//, ""), mirror)}`;
}

/** A chart under the mirror if there is one. A mirror is always an OCI registry. */
export function mirroredChart({ chart, repository }: Chart, mirror: Mirror | undefined): Chart {
  return { chart, repository: mirror?.charts ?? repository };
}

/** Whether a chart's repository is an OCI registry, where each chart is an artifact of its own. */
export function isOci({ repository }: Chart): boolean {
  return repository.startsWith("oci://");
}

/** What Helm is told: `chart` alone for an OCI address, else `chart` and `repository`. */
export function helmAddress(source: Chart): { readonly chart: string; readonly repository?: string } {
  return isOci(source) ? { chart: `${source.repository}/${source.chart}` } : { ...source };
}
