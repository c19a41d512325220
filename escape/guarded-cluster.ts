import type { KubernetesClient } from "@estate/clients";
import { isManifest, KubernetesStatusError, type Manifest } from "@estate/clients";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policy } from "../guardrails/policy";
import { externalSecretsValues, secretsControllerValues } from "../model/secrets-controller";
import type { EstatePlan } from "../plan/plan";
import { crdsOfChart, crdsOfComponent, ensureTools, manifestsFolder, silent } from "../sandbox";
import {
  adminClient,
  apiServerPart,
  certificateFile,
  clusterOf,
  controllerManagerPart,
  prepareCluster,
  writeControllerManagerKubeconfig,
} from "../sandbox/cluster";
import { etcdPart } from "../sandbox/etcd";
import { chartObjects } from "../sandbox/operators/external-secrets-roles";
import { roles } from "../sandbox/operators/roles";
import { awaitReady, launch, type Part } from "../sandbox/part";
import { choosePorts } from "../sandbox/ports";
import { endProcess, type ProcessIdentity } from "../sandbox/process";
import { eventually } from "../scripts/live/wait";

/** Somebody who asks, with all groups that the API server would give. */
export interface Person {
  readonly user: string;
  readonly groups: string[];
}

/** A ServiceAccount as the API server sees it. */
export const serviceAccount = (namespace: string, name: string): Person => ({
  user: `system:serviceaccount:${namespace}:${name}`,
  groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
});

/** One request. */
export interface Attempt {
  readonly verb: "create" | "replace" | "patch" | "delete";
  /** The object that it is about. */
  readonly object: Manifest;
  /** The subresource of it. */
  readonly at?: string;
  /** What is sent, where it is not the object: a merge patch, a list of JSON patches, or what a subresource takes. */
  readonly body?: unknown;
  /** The cluster's administrator when absent. */
  readonly as?: Person;
}

/** A request, or how it is made of what stands in the cluster. */
export type Tried = Attempt | ((client: KubernetesClient) => Promise<Attempt>);

const requests = {
  create: { method: "POST", contentType: undefined },
  replace: { method: "PUT", contentType: undefined },
  patch: { method: "PATCH", contentType: "application/merge-patch+json" },
  delete: { method: "DELETE", contentType: undefined },
} as const;

/** Without it the API server forgets a field that a guardrail judges: some clusters have it, and others will. */
const gates = ["--feature-gates=CrossNamespaceVolumeDataSource=true,AnyVolumeDataSource=true"];

/** One API server with its controllers, and on it the plan's platform, guardrails and homes: no Pulumi, no other plane. */
export class GuardedCluster {
  private readonly running: ProcessIdentity[] = [];
  private made: KubernetesClient | undefined;
  private rounds = 0;

  private constructor(private readonly folder: string) {}

  /**
   * Starts it as the plan's cluster `dev`, with `definitions` besides the CRDs of Flux, External Secrets and Karpenter. Homes
   * that the plan has on other clusters stand on it, too, if they are asked for: their names are others.
   */
  static async start(
    plan: EstatePlan,
    definitions: readonly Manifest[] = [],
    homesOf: readonly string[] = ["dev"],
  ): Promise<GuardedCluster> {
    const cluster = new GuardedCluster(mkdtempSync(join(tmpdir(), "estate-guarded-")));
    try {
      await cluster.bring();
      await cluster.apply([...(await knownDefinitions()), ...definitions]);
      await cluster.populate(plan, homesOf);
    } catch (thrown) {
      await cluster.end();
      throw thrown;
    }
    return cluster;
  }

  get client(): KubernetesClient {
    if (this.made === undefined) throw new Error("the cluster does not run");
    return this.made;
  }

  /** The certificate by which the API server is known, as a file. */
  get certificate(): string {
    return certificateFile(clusterOf(this.folder, "dev", 0));
  }

  async end(): Promise<void> {
    this.made?.close();
    for (const process of this.running.reverse()) await endProcess(process, 20_000);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Applies objects in their order, and waits for the kinds that come with them. */
  async apply(objects: readonly unknown[]): Promise<void> {
    for (const object of objects) await this.client.apply(object as Manifest, { fieldManager: "test", force: true });
    for (const crd of objects.filter(isManifest).filter(({ kind }) => kind === "CustomResourceDefinition"))
      await this.served(crd);
  }

  /** What the API server says to an attempt: `ok`, or the refusal. Nothing is written. */
  async says(tried: Tried): Promise<string> {
    return (await this.hears(tried)).answer;
  }

  /** The same with what the API server warned of. */
  async hears(tried: Tried): Promise<{ readonly answer: string; readonly warnings: readonly string[] }> {
    const { verb, object, at, body = object, as } = typeof tried === "function" ? await tried(this.client) : tried;
    const { method, contentType } = requests[verb];
    const { name, ...metadata } = object.metadata;
    // What is created below an object is its subresource; else it has no name yet in its address.
    const ref =
      verb === "create" && at === undefined ? { ...object, metadata } : { ...object, metadata: { ...metadata, name } };
    const {
      status,
      body: told,
      warnings,
    } = await this.client.request(method, await this.client.pathOf(ref, at), {
      query: { dryRun: "All" },
      ...(verb === "delete" ? {} : { body }),
      ...(contentType === undefined
        ? {}
        : { contentType: Array.isArray(body) ? "application/json-patch+json" : contentType }),
      ...(as === undefined ? {} : { impersonate: as }),
    });
    if (status < 400) return { answer: "ok", warnings };
    return { answer: `${String(status)} ${KubernetesStatusError.from(status, told).message}`, warnings };
  }

  private async bring(): Promise<void> {
    const tools = await ensureTools(["etcd", "kube-apiserver", "kube-controller-manager"], silent);
    const ports = await choosePorts(["etcd", "peer", "dev"], this.folder, {});
    const cluster = clusterOf(this.folder, "dev", ports.dev);
    prepareCluster(cluster);
    await this.run(etcdPart(this.folder, tools.file("etcd"), ports.etcd, ports.peer));
    await this.run(apiServerPart(cluster, tools.file("kube-apiserver"), ports.etcd, gates));
    writeControllerManagerKubeconfig(cluster);
    await this.run(controllerManagerPart(cluster, tools.file("kube-controller-manager")));
    this.made = adminClient(cluster);
  }

  private async run(part: Part): Promise<void> {
    const process = launch(this.folder, part);
    this.running.push(process);
    await awaitReady(this.folder, part, process);
  }

  private async populate({ clusters, tenants }: EstatePlan, homesOf: readonly string[]): Promise<void> {
    const platform = clusters.find(({ name }) => name === "dev")?.platform;
    if (platform === undefined) throw new Error("the plan has no cluster dev");
    const homes = tenants.flatMap((tenant) => tenant.homes).filter(({ cluster }) => homesOf.includes(cluster));
    const objects: readonly unknown[] = [
      ...platform.namespaces,
      ...platform.objects,
      ...platform.guardrails,
      ...controllersRights(),
      ...homes.flatMap(({ namespace, objects: held }) => [namespace, ...held]),
    ];
    await this.apply(objects);
    await this.inForce();
  }

  /** Puts the guardrails of another plan in the place of those that are there, and waits until they hold. */
  async judgeBy({ clusters }: EstatePlan): Promise<void> {
    await this.apply(clusters.find(({ name }) => name === "dev")?.platform.guardrails ?? []);
    await this.inForce();
  }

  /**
   * Waits until all policies hold as they were written last. They do a moment after, and in the order of writing: when a
   * policy and a binding that were written after all others hold, so do those. Each waits for news of its own kind, so
   * the probe needs both: its message is the policy's, and the label by which it is judged the binding's.
   */
  async inForce(): Promise<void> {
    const round = `round-${String((this.rounds += 1))}`;
    const rules = [{ groups: [""], resources: ["configmaps"] }];
    const demands = [{ expression: "false", message: `in force: ${round}` }];
    const [canary, binding] = policy({ name: "canary", where: "everywhere", rules, demands });
    const bound = { ...(binding?.["spec"] as object), matchResources: { objectSelector: { matchLabels: { round } } } };
    await this.apply([canary, { ...binding, spec: bound }]);
    const metadata = { name: "canary", namespace: "default", labels: { round } };
    await eventually("the guardrails in force", 30_000, async () => {
      const seen = await this.says({ verb: "create", object: { apiVersion: "v1", kind: "ConfigMap", metadata } });
      return { done: seen.includes(`in force: ${round}`), seen };
    });
  }

  private async served({ spec }: Manifest): Promise<void> {
    const { group, names, versions } = spec as {
      readonly group: string;
      readonly names: { readonly plural: string };
      readonly versions: readonly { readonly name: string; readonly served: boolean }[];
    };
    for (const { name } of versions.filter(({ served }) => served)) {
      const path = `/apis/${group}/${name}/${names.plural}`;
      await eventually(`${path} served`, 30_000, async () => {
        const { status } = await this.client.request("GET", path);
        return { done: status === 200, seen: String(status) };
      });
      this.client.forgetMapping(`${group}/${name}`);
    }
  }
}

/** What the GitOps engine and External Secrets may do, as their installation brings it. */
function controllersRights(): Manifest[] {
  const release = "external-secrets";
  const { values } = secretsControllerValues(externalSecretsValues);
  return [...roles("flux-system", true), ...chartObjects({ release, namespace: release, version: "0" }, values)];
}

const components = ["source", "kustomize", "helm", "notification", "image-reflector", "image-automation"];

async function knownDefinitions(): Promise<object[]> {
  const env = { ESTATE_MANIFESTS: await manifestsFolder() };
  return [
    ...components.flatMap((name) => crdsOfComponent(`${name}-controller`, env) ?? []),
    ...(crdsOfComponent("karpenter", env) ?? []),
    ...crdsOfChart("flux-operator", env),
    ...crdsOfChart("external-secrets", env),
  ];
}

/** A definition for kinds whose own is not at hand: its objects may hold anything. */
export function stubDefinition(group: string, version: string, kind: string, plural: string): Manifest {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      // Gateway API's group is kept for definitions that were reviewed.
      annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api" },
    },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}
