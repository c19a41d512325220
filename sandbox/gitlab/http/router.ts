import type { Route } from "../instance";

interface Match {
  readonly route: Route;
  readonly path: Record<string, string>;
}

/** Finds a route by the raw path: `%2F` and `%2E` stay inside their segment, and are decoded only then. */
export class Router {
  readonly #routes: readonly { route: Route; segments: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, segments: route.pattern.split("/") }));
  }

  /** The match; "method" when only the method is wrong; undefined when there is no such path. */
  find(method: string, rawPath: string): Match | "method" | undefined {
    const raw = rawPath.replace(/^\/+|\/+$/g, "").split("/");
    let other = false;
    for (const { route, segments } of this.#routes) {
      const path = match(segments, raw);
      if (path === undefined) continue;
      if (route.method === method) return { route, path };
      other = true;
    }
    return other ? "method" : undefined;
  }
}

function match(segments: readonly string[], raw: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== raw.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = raw[index] ?? "";
    if (!segment.startsWith(":")) {
      if (segment !== value) return undefined;
      continue;
    }
    try {
      path[segment.slice(1)] = decodeURIComponent(value);
    } catch {
      return undefined;
    }
    if (value === "") return undefined;
  }
  return path;
}
