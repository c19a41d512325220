import { isRecord, KubernetesClient, VaultClient, type Manifest } from "@estate/clients";
import type { Sandbox } from "@estate/sandbox";
import { GitLabSide, type Login } from "./gitlab";
import { git } from "./git";
import { eventually } from "./wait";

/** An object by what tells it from others. */
export interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The back ends of a sandbox in which an estate was raised, as those who look after it reach them. */
export class LiveEstate {
  readonly gitlab: GitLabSide;
  readonly vault: VaultClient;
  private readonly clusters = new Map<string, KubernetesClient>();

  constructor(
    readonly sandbox: Sandbox,
    /** Path of the tenants' parent group. */
    readonly parent: string,
  ) {
    this.gitlab = new GitLabSide(sandbox.gitlab);
    this.vault = new VaultClient(sandbox.vault.address, sandbox.vault.token);
    for (const context of Object.keys(sandbox.clusters))
      this.clusters.set(context, KubernetesClient.fromKubeconfig({ path: sandbox.kubeconfig, context }));
  }

  cluster(name: string): KubernetesClient {
    const client = this.clusters.get(name);
    if (client === undefined) throw new RangeError(`the sandbox has no cluster ${name}`);
    return client;
  }

  /** Somebody of a tenant's role; a new name each time. */
  person(tenant: string, role: "owners" | "developers"): Promise<Login> {
    const username = `${tenant}-${role}-${String(Date.now())}`;
    const level = { owners: 40, developers: 30 }[role];
    return this.gitlab.member(username, `${this.parent}/${tenant}/roles/${role}`, level);
  }

  close(): void {
    this.gitlab.end();
    this.vault.close();
    for (const client of this.clusters.values()) client.close();
  }
}

/** One tenant in one environment: its repository as its developers write to it, and its namespace. */
export class LiveHome {
  readonly namespace: string;
  readonly project: string;
  private clone: string | undefined;

  constructor(
    private readonly live: LiveEstate,
    readonly tenant: string,
    readonly environment: string,
    /** The cluster looked at; the environment's own name when it is called so. */
    readonly clusterName = environment,
  ) {
    this.namespace = `${tenant}-${environment}`;
    this.project = `${live.parent}/${tenant}/ops-${environment}`;
  }

  get cluster(): KubernetesClient {
    return this.live.cluster(this.clusterName);
  }

  /** Commits and pushes files as a developer (`undefined` removes one); gives the commit. */
  async commit(files: Readonly<Record<string, string | undefined>>): Promise<string> {
    const dir = await this.workTree();
    const pulled = await git(dir, "pull", "--quiet", "--rebase", "origin", "main");
    if (pulled.code !== 0) throw new Error(`cannot pull ${this.project}: ${pulled.output}`);
    const pushed = await this.live.gitlab.push(dir, files);
    if (pushed.code !== 0) throw new Error(`cannot push to ${this.project}: ${pushed.output}`);
    return (await git(dir, "rev-parse", "HEAD")).output.trim();
  }

  /** Takes the last commit back by another one. */
  async revert(): Promise<void> {
    const dir = await this.workTree();
    await git(dir, "revert", "--no-edit", "HEAD");
    const pushed = await git(dir, "push", "origin", "HEAD:main");
    if (pushed.code !== 0) throw new Error(`cannot push to ${this.project}: ${pushed.output}`);
  }

  private async workTree(): Promise<string> {
    if (this.clone !== undefined) return this.clone;
    const { code, output, dir } = await this.live.gitlab.clone(
      this.project,
      await this.live.person(this.tenant, "developers"),
    );
    if (code !== 0) throw new Error(`cannot clone ${this.project}: ${output}`);
    return (this.clone = dir);
  }

  /** The address of an object in the namespace. */
  at(apiVersion: string, kind: string, name: string): Named {
    return { apiVersion, kind, metadata: { name, namespace: this.namespace } };
  }

  find(what: Named): Promise<Manifest | undefined> {
    return this.cluster.find(what);
  }

  /** Waits until the object is there (and fits); gives the milliseconds. */
  appears(what: Named, boundMs = 90_000, fits: (object: Manifest) => boolean = () => true): Promise<number> {
    return eventually(`${what.kind} ${what.metadata.name} in ${this.namespace}`, boundMs, async () => {
      const found = await this.find(what);
      const done = found !== undefined && fits(found);
      return { done, seen: done ? "" : `${JSON.stringify(found?.["spec"])}; ${await this.delivery()}` };
    });
  }

  /** Waits until the object is gone; gives the milliseconds. */
  vanishes(what: Named, boundMs = 90_000): Promise<number> {
    return eventually(`${what.kind} ${what.metadata.name} gone from ${this.namespace}`, boundMs, async () => {
      const found = await this.find(what);
      return { done: found === undefined, seen: `it is there; ${await this.delivery()}` };
    });
  }

  /** Waits until the condition Ready of an object says something: `True Succeeded: Applied revision ...`. */
  says(what: Named, pattern: RegExp, boundMs = 90_000): Promise<number> {
    return eventually(`${what.kind} ${what.metadata.name} to say ${String(pattern)}`, boundMs, async () => {
      const seen = readyOf(await this.find(what));
      return { done: pattern.test(seen), seen };
    });
  }

  /** What delivery says of itself, for failures. */
  private async delivery(): Promise<string> {
    const kinds = [
      ["source.toolkit.fluxcd.io/v1", "GitRepository"],
      ["kustomize.toolkit.fluxcd.io/v1", "Kustomization"],
    ] as const;
    const seen = await Promise.all(
      kinds.map(
        async ([apiVersion, kind]) => `${kind}: ${readyOf(await this.find(this.at(apiVersion, kind, "operations")))}`,
      ),
    );
    return seen.join("; ");
  }
}

/** The condition Ready as text: status, reason, message. */
export function readyOf(object: Manifest | undefined): string {
  if (object === undefined) return "nothing is there";
  const status: unknown = object["status"];
  const conditions: unknown[] = isRecord(status) && Array.isArray(status["conditions"]) ? status["conditions"] : [];
  const ready = conditions.filter(isRecord).find(({ type }) => type === "Ready");
  return ready === undefined
    ? "no condition Ready"
    : `${String(ready["status"])} ${String(ready["reason"])}: ${String(ready["message"])}`;
}
