import { KubernetesStatusError, NoMatchError } from "./kubernetes-errors";
import { isRecord } from "./manifest";

/** How a kind is addressed. */
export interface RestMapping {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

type Fetch = (path: string) => Promise<unknown>;

/** `/api/v1` or `/apis/<group>/<version>`. */
export function apiRoot(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Kinds to paths by discovery, one fetch per group and version; a kind that is missing is looked for once more. */
export class RestMapper {
  private readonly known = new Map<string, Promise<ReadonlyMap<string, RestMapping>>>();

  constructor(private readonly fetch: Fetch) {}

  async mapping(apiVersion: string, kind: string): Promise<RestMapping> {
    const cached = this.known.get(apiVersion);
    const hit = (await cached)?.get(kind);
    if (hit !== undefined) return hit;
    // Missed: a CRD may have arrived since. Two callers who miss together share one new fetch.
    if (this.known.get(apiVersion) === cached) this.known.set(apiVersion, this.discover(apiVersion));
    const found = (await this.known.get(apiVersion))?.get(kind);
    if (found === undefined) throw new NoMatchError(apiVersion, kind);
    return found;
  }

  /** Forgets a group and version, after its CRD went or changed. */
  forget(apiVersion: string): void {
    this.known.delete(apiVersion);
  }

  private discover(apiVersion: string): Promise<ReadonlyMap<string, RestMapping>> {
    const found = this.fetch(apiRoot(apiVersion)).then(
      (body) => parse(apiVersion, body),
      (error: unknown) => {
        if (error instanceof KubernetesStatusError && error.status === 404) return new Map<string, RestMapping>();
        this.known.delete(apiVersion);
        throw error;
      },
    );
    return found;
  }
}

function parse(apiVersion: string, body: unknown): Map<string, RestMapping> {
  const found = new Map<string, RestMapping>();
  const resources = isRecord(body) && Array.isArray(body["resources"]) ? body["resources"] : [];
  for (const resource of resources.filter(isRecord)) {
    const { name, kind, namespaced, verbs } = resource;
    // A name with a slash is a subresource (pods/log); it has no objects of its own.
    if (typeof name !== "string" || typeof kind !== "string" || name.includes("/")) continue;
    const words = Array.isArray(verbs) ? verbs.filter((verb) => typeof verb === "string") : [];
    found.set(kind, { apiVersion, kind, resource: name, namespaced: namespaced === true, verbs: words });
  }
  return found;
}
