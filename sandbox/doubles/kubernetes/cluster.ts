import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { KubernetesClient, loadKubeconfig, NoMatchError, type KubeconfigSource } from "@estate/clients";
import { requireLoopback } from "../framework/loopback";
import type { Settings } from "./settings";
import { assumedNamespaced } from "./token";

/** The API server of a provider's configuration, if it can be reached. */
export class Cluster {
  private constructor(
    /** Absent while the cluster is unreachable. */
    readonly client: KubernetesClient | undefined,
    /** Why the cluster is unreachable; empty if it is not. */
    readonly unreachable: string,
    /** Where namespaced objects without a namespace go. */
    readonly namespace: string,
  ) {}

  /**
   * Never fails for a bad kubeconfig or a cluster that does not answer: like the real plugin it then marks the cluster
   * unreachable. An address that is not on this machine is refused, since this is a double.
   */
  static async connect(settings: Settings): Promise<Cluster> {
    const fallback = settings.namespace ?? "default";
    let client: KubernetesClient;
    let proxy: string | undefined;
    try {
      const source = kubeconfigSource(settings);
      proxy = loadKubeconfig(source).getCurrentCluster()?.proxyUrl;
      client = KubernetesClient.fromKubeconfig(source);
    } catch (error) {
      const reason = `failed to parse kubeconfig data in \`kubernetes:config:kubeconfig\`: ${said(error)}`;
      return new Cluster(undefined, reason, fallback);
    }
    requireLoopback("kubernetes", client.server.href);
    if (proxy !== undefined && proxy !== "") requireLoopback("kubernetes", proxy);
    const namespace = settings.namespace ?? client.namespace ?? "default";
    try {
      await client.call("GET", "/version", { timeoutMs: 10_000 });
      return new Cluster(client, "", namespace);
    } catch (error) {
      client.close();
      const reason = `unable to load schema information from the API server: ${said(error)}`;
      return new Cluster(undefined, reason, namespace);
    }
  }

  /** The client, or the error that the real plugin gives for writes. */
  require(): KubernetesClient {
    if (this.client === undefined) throw new Error(`configured Kubernetes cluster is unreachable: ${this.unreachable}`);
    return this.client;
  }

  /** Whether the cluster serves a kind; false if it cannot be asked. */
  async serves(apiVersion: string, kind: string): Promise<boolean> {
    if (this.client === undefined) return false;
    try {
      await this.client.mapping(apiVersion, kind);
      return true;
    } catch (error) {
      if (error instanceof NoMatchError) return false;
      throw error;
    }
  }

  /** Whether a kind lives in namespaces; a kind nobody knows is taken for one that does. */
  async namespaced(apiVersion: string, kind: string): Promise<boolean> {
    if (this.client === undefined) return assumedNamespaced(apiVersion, kind);
    try {
      return (await this.client.mapping(apiVersion, kind)).namespaced;
    } catch (error) {
      if (error instanceof NoMatchError) return assumedNamespaced(apiVersion, kind);
      throw error;
    }
  }
}

/** Text or path, told apart as the real plugin does: it is a path if there is a file there. */
export function kubeconfigSource(settings: Pick<Settings, "kubeconfig" | "context" | "cluster">): KubeconfigSource {
  const { kubeconfig, context, cluster } = settings;
  const choice = { ...(context === undefined ? {} : { context }), ...(cluster === undefined ? {} : { cluster }) };
  if (kubeconfig === undefined) return { path: join(homedir(), ".kube", "config"), ...choice };
  const home = kubeconfig.startsWith("~/") ? join(homedir(), kubeconfig.slice(2)) : kubeconfig;
  const paths = home.includes("\n") ? [] : home.split(delimiter).filter((path) => path !== "" && existsSync(path));
  return paths.length > 0 ? { path: paths, ...choice } : { text: kubeconfig, ...choice };
}

/** Whether two configurations speak to the same cluster entry. */
export function sameActiveCluster(
  before: Pick<Settings, "kubeconfig" | "context" | "cluster">,
  after: Pick<Settings, "kubeconfig" | "context" | "cluster">,
): boolean {
  return activeCluster(before) === activeCluster(after);
}

function activeCluster(settings: Pick<Settings, "kubeconfig" | "context" | "cluster">): string {
  try {
    return JSON.stringify(loadKubeconfig(kubeconfigSource(settings)).getCurrentCluster());
  } catch {
    return "";
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
