import { isManifest, isRecord, KubernetesClient, type Manifest } from "@estate/clients";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { crdsOfChart, destroy, manifestsFolder, Progress, start, type Sandbox } from "../../../sandbox";
import { controllerStatus } from "../../../sandbox/operators/status";
import type { PartStatus } from "../../../sandbox/status";
import { plan } from "../../support/fixtures";
import { eventually } from "../../support/wait";

/** The namespace of the tenant whose things are reconciled, and of one who is left alone. */
export const owner = "team-a";
export const other = "team-b";

/** An object by its name, with what else it says. */
export const object = (
  apiVersion: string,
  kind: string,
  name: string,
  namespace?: string,
  rest: object = {},
): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...rest,
});

export const configMap = (name: string, namespace: string, said = "hello"): Manifest =>
  object("v1", "ConfigMap", name, namespace, { data: { said } });

export const field = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

export const decoded = (value: unknown): string => Buffer.from(String(value), "base64").toString("utf8");

/** Something to wait for: undefined when it has come, else what was seen instead. */
export type Look = () => Promise<string | undefined>;

/** A repository of its own in GitLab's stand-in. */
export interface Repository {
  readonly id: number;
  readonly url: string;
}

/** The plan's own FluxInstance: what `pulumi up` would apply. */
export function plannedInstance(): Manifest {
  const instance: unknown = plan([]).clusters.find(({ name }) => name === "dev")?.platform.gitops?.instance;
  if (!isManifest(instance)) throw new Error("the plan has no FluxInstance");
  return instance;
}

/**
 * A sandbox of its own with Flux on its cluster `dev`: a FluxInstance is one to a cluster, and these tests kill what others
 * would rely on.
 */
export class FluxCluster {
  private constructor(
    private readonly folder: string,
    public sandbox: Sandbox,
    readonly client: KubernetesClient,
  ) {}

  /** Starts it, with two tenants' namespaces, the first one's delivery allowed only these kinds. */
  static async start(resources: readonly string[]): Promise<FluxCluster> {
    const folder = mkdtempSync(join(tmpdir(), "estate-flux-"));
    const sandbox = await start({ dir: join(folder, "sandbox"), plugins: "doubles", reporter: new Progress() });
    const client = KubernetesClient.fromKubeconfig({ path: sandbox.kubeconfig, context: "dev" });
    const cluster = new FluxCluster(folder, sandbox, client);
    try {
      for (const name of ["flux-system", owner, other]) await client.create(object("v1", "Namespace", name));
      if (resources.length > 0) await cluster.bringReconciler(resources);
    } catch (thrown) {
      await cluster.end();
      throw thrown;
    }
    return cluster;
  }

  async end(): Promise<void> {
    this.client.close();
    await destroy(this.sandbox.dir);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Stops the sandbox, and starts it again when `between` is through. */
  async restart(between: () => void): Promise<void> {
    await this.sandbox.stop();
    between();
    this.sandbox = await start({ dir: this.sandbox.dir });
  }

  /** Applies the plan's FluxInstance, and waits until it is ready. Gives how long that took. */
  async bringFlux(): Promise<number> {
    const charts = crdsOfChart("flux-operator", { ESTATE_MANIFESTS: await manifestsFolder() });
    for (const crd of charts.filter(isManifest)) await this.client.apply(crd, { fieldManager: "test", force: true });
    await this.awaits("FluxInstances served", async () => {
      this.client.forgetMapping("fluxcd.controlplane.io/v1");
      const { status } = await this.client.request("GET", "/apis/fluxcd.controlplane.io/v1/fluxinstances");
      return status === 200 ? undefined : String(status);
    });
    await this.client.create(plannedInstance());
    return this.awaits("FluxInstance ready", this.says(plannedInstance(), /^True/), 180_000);
  }

  /** The identity of a tenant's delivery: may do anything to these kinds in its own namespace, and nothing else. */
  private async bringReconciler(resources: readonly string[]): Promise<void> {
    const rbac = "rbac.authorization.k8s.io";
    const { client } = this;
    await client.create(object("v1", "ServiceAccount", "reconciler", owner));
    await client.create(
      object(`${rbac}/v1`, "Role", "reconciler", owner, {
        rules: [{ apiGroups: ["", "apps"], resources: [...resources], verbs: ["*"] }],
      }),
    );
    await client.create(
      object(`${rbac}/v1`, "RoleBinding", "reconciler", owner, {
        roleRef: { apiGroup: rbac, kind: "Role", name: "reconciler" },
        subjects: [{ kind: "ServiceAccount", name: "reconciler", namespace: owner }],
      }),
    );
  }

  async gitlab(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.sandbox.gitlab.url}/api/v4/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.sandbox.gitlab.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value: unknown = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(value)}`);
    return value;
  }

  /** A private repository, and the Secret `git` by which Flux reads it: it opens this one and nothing else. */
  async makeRepository(name: string, access: "read" | "write" = "read"): Promise<Repository> {
    const group = field(await this.gitlab("GET", "groups/platform%2Ftenants"), "id");
    const made = await this.gitlab("POST", "projects", { name, namespace_id: group, default_branch: "main" });
    const id = Number(field(made, "id"));
    const secret = access === "read" ? await this.deployToken(id) : await this.accessToken(id);
    await this.client.create(object("v1", "Secret", "git", owner, { type: "Opaque", stringData: secret }));
    return { id, url: `${this.sandbox.gitlab.url}/platform/tenants/${name}.git` };
  }

  private async deployToken(project: number): Promise<object> {
    const body = { name: "flux", scopes: ["read_repository"] };
    const token = await this.gitlab("POST", `projects/${String(project)}/deploy_tokens`, body);
    return { username: String(field(token, "username")), password: String(field(token, "token")) };
  }

  /** As the platform makes it where image automation commits: no deploy token can push, and developers may. */
  private async accessToken(project: number): Promise<object> {
    const main = { name: "main", push_access_level: 30, merge_access_level: 30 };
    await this.gitlab("POST", `projects/${String(project)}/protected_branches`, main);
    const end = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const scopes = ["read_repository", "write_repository"];
    const body = { name: "flux-image-automation", scopes, access_level: 30, expires_at: end };
    const token = await this.gitlab("POST", `projects/${String(project)}/access_tokens`, body);
    return { username: "flux-image-automation", password: String(field(token, "token")) };
  }

  /** One commit; `undefined` removes a file. */
  async push(
    { id }: Repository,
    message: string,
    files: Readonly<Record<string, Manifest | string | undefined>>,
  ): Promise<void> {
    const tree = await this.gitlab("GET", `projects/${String(id)}/repository/tree?recursive=true`).catch(() => []);
    const paths = Array.isArray(tree) ? tree.map((entry) => field(entry, "path")) : [];
    const actions = Object.entries(files).map(([path, content]) => ({
      action: content === undefined ? "delete" : paths.includes(path) ? "update" : "create",
      file_path: path,
      ...(content === undefined ? {} : { content: typeof content === "string" ? content : JSON.stringify(content) }),
    }));
    const body = { branch: "main", commit_message: message, actions };
    await this.gitlab("POST", `projects/${String(id)}/repository/commits`, body);
  }

  /** What stands in a file of a repository now. */
  async fileOf({ id }: Repository, path: string): Promise<string> {
    const file = `projects/${String(id)}/repository/files/${encodeURIComponent(path)}?ref=main`;
    return decoded(field(await this.gitlab("GET", file), "content"));
  }

  /** Waits until there is nothing left to see; gives how long it took. */
  awaits(what: string, look: Look, boundMs = 90_000): Promise<number> {
    return eventually(what, boundMs, async () => {
      const seen = await look();
      return { done: seen === undefined, seen: seen ?? "" };
    });
  }

  /** The condition Ready of an object, in one line. */
  async readiness(ref: Manifest): Promise<string> {
    const conditions = field(field(await this.client.find(ref), "status"), "conditions");
    const all: unknown[] = Array.isArray(conditions) ? conditions : [];
    const ready = all.find((entry) => field(entry, "type") === "Ready");
    return `${String(field(ready, "status"))} ${String(field(ready, "reason"))}: ${String(field(ready, "message"))}`;
  }

  /** Looks whether an object is there; `by` is whose readiness says why not. */
  isThere(ref: Manifest, by: Manifest): Look {
    return async () => ((await this.client.find(ref)) === undefined ? `none; ${await this.readiness(by)}` : undefined);
  }

  isGone(ref: Manifest, by: Manifest): Look {
    return async () =>
      (await this.client.find(ref)) === undefined ? undefined : `it is there; ${await this.readiness(by)}`;
  }

  /** Looks whether an object's condition Ready says this. */
  says(ref: Manifest, pattern: RegExp): Look {
    return async () => {
      const seen = await this.readiness(ref);
      return pattern.test(seen) ? undefined : seen;
    };
  }

  /** The programs on `dev`. */
  processes(): PartStatus[] {
    return controllerStatus(this.sandbox.dir).filter(({ name }) => name.endsWith("-dev"));
  }

  /** Kills programs of `dev`, and waits until others run in their place. */
  async kill(...names: readonly string[]): Promise<void> {
    const before = this.processes().filter(({ name }) => names.includes(name.replace(/-dev$/, "")));
    for (const { pid } of before) if (pid !== undefined) process.kill(pid, "SIGKILL");
    await this.awaits(`others than processes ${before.map(({ pid }) => String(pid)).join(", ")}`, () => {
      const now = this.processes();
      const open = before.filter(({ name, pid }) => {
        const found = now.find((process) => process.name === name);
        return found?.state !== "running" || found.pid === pid;
      });
      return Promise.resolve(open.length === 0 ? undefined : open.map(({ name }) => name).join(", "));
    });
  }
}
