import { KubeConfig } from "@kubernetes/client-node/dist/config.js";

/** Where a kubeconfig comes from. Several paths are merged as kubectl merges them: of two equal names the first holds. */
export interface KubeconfigSource {
  readonly text?: string;
  readonly path?: string | readonly string[];
  readonly context?: string;
  /** Overrides the cluster of the context. */
  readonly cluster?: string;
}

// Only the library's kubeconfig module is loaded: its index brings every generated API class with it, which takes a second.

/** Reads and merges; throws with the name of what is missing when the context or its cluster cannot be found. */
export function loadKubeconfig(source: KubeconfigSource): KubeConfig {
  const config = new KubeConfig();
  if (source.text !== undefined) {
    config.loadFromString(source.text);
  } else {
    const paths = typeof source.path === "string" ? [source.path] : (source.path ?? []);
    const [first, ...rest] = paths;
    if (first === undefined) throw new Error("no kubeconfig: neither its text nor a path was given");
    config.loadFromFile(first);
    for (const path of rest) merge(config, path);
  }
  select(config, source);
  return config;
}

function merge(into: KubeConfig, path: string): void {
  const more = new KubeConfig();
  more.loadFromFile(path);
  // The library's own merge refuses equal names; kubectl lets the first win.
  for (const cluster of more.clusters) if (!has(into.clusters, cluster.name)) into.addCluster(cluster);
  for (const user of more.users) if (!has(into.users, user.name)) into.addUser(user);
  for (const context of more.contexts) if (!has(into.contexts, context.name)) into.addContext(context);
  if (!into.currentContext) into.currentContext = more.currentContext;
}

function select(config: KubeConfig, source: KubeconfigSource): void {
  if (source.context !== undefined) config.setCurrentContext(source.context);
  const name = config.getCurrentContext();
  const context = config.contexts.find((candidate) => candidate.name === name);
  if (context === undefined) {
    const known = config.contexts.map((candidate) => candidate.name).join(", ") || "none";
    throw new Error(`kubeconfig has no context ${JSON.stringify(name)} (it has: ${known})`);
  }
  if (source.cluster !== undefined) {
    const cluster = source.cluster;
    config.contexts = config.contexts.map((each) => (each === context ? { ...each, cluster } : each));
  }
  const wanted = source.cluster ?? context.cluster;
  if (!has(config.clusters, wanted)) throw new Error(`kubeconfig has no cluster ${JSON.stringify(wanted)}`);
}

function has(list: readonly { readonly name: string }[], name: string): boolean {
  return list.some((entry) => entry.name === name);
}
