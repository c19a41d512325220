import type { KubernetesClient, Manifest } from "@estate/clients";

import {
  secretsControllerArguments,
  secretsControllerName,
  secretsControllerValues,
} from "../../model/secrets-controller";
import { fromManifest } from "../doubles/kubernetes/fields";
import { fromRecord, type Revision } from "../doubles/kubernetes/release/record";
import { remove } from "./definitions";
import { chartObjects, chartSelector } from "./external-secrets-roles";
import type { Fleet } from "./fleet";
import { writeIdentity } from "./identity";
import { controllerFolder } from "./ledger";
import { modestGo, type Operator, type OperatorKind, type Workshop } from "./operator";
import type { Program } from "./program";

/** The program, and the chart that brings it. */
const program = "external-secrets";

/** What of the chart there is on a cluster, by kind. */
const kinds: readonly (readonly [string, string])[] = [
  ["v1", "ServiceAccount"],
  ...["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"].map(
    (kind) => ["rbac.authorization.k8s.io/v1", kind] as const,
  ),
];

/**
 * What a release of External Secrets' chart makes, on one cluster: the controller's ServiceAccount and rights, and instead
 * of its Deployment the controller as a process of this machine. The release is known by Helm's own record of it, and
 * when that is gone, so is the rest.
 */
class ExternalSecrets implements Operator {
  /** The revision that this process has seen through; undefined before it has looked. */
  private done: string | undefined;

  constructor(
    private readonly cluster: string,
    private readonly workshop: Workshop,
    private readonly fleet: Fleet,
  ) {}

  async reconcile(client: KubernetesClient): Promise<string[]> {
    const found = await this.find(client);
    const wanted = found === undefined ? "" : `${found.namespace}/${found.name} ${found.lastDeployed}`;
    if (wanted !== this.done) {
      const said = found === undefined ? await this.uninstall(client) : await this.install(client, found);
      this.done = wanted;
      return said;
    }
    await this.fleet.keep();
    return [];
  }

  /** The deployed release of the chart; a second one would be refused by the names of its cluster roles. */
  private async find(client: KubernetesClient): Promise<Revision | undefined> {
    const { items } = await client.list("v1", "Secret", { labelSelector: "owner=helm,status=deployed" });
    return items.map((item) => fromRecord(fromManifest(item))).find((revision) => revision?.chart === program);
  }

  private async install(client: KubernetesClient, release: Revision): Promise<string[]> {
    const file = this.workshop.files[program];
    if (file === undefined) return [`release ${release.name}: there is no program for it`];
    const { values, others } = secretsControllerValues(release.values);
    const place = { release: release.name, namespace: release.namespace, version: release.version };
    for (const object of chartObjects(place, values)) await client.apply(object, { fieldManager: "helm", force: true });
    await this.fleet.want([this.program(release, file, secretsControllerArguments(values))]);
    return [
      `release ${release.name} brings its controller; values without effect here: ${others.join(", ") || "none"}`,
    ];
  }

  private program({ name: release, namespace }: Revision, file: string, args: readonly string[]): Program {
    const name = secretsControllerName(release);
    const health = `127.0.0.1:${String(this.workshop.ports[`${this.cluster}/${program}/health`] ?? 0)}`;
    const folder = controllerFolder(this.workshop.dir, this.cluster, program);
    return {
      name: `${program}-${this.cluster}`,
      file,
      args: [...args, "--metrics-addr=0", `--live-addr=${health}`],
      ready: [`http://${health}/healthz`],
      folder,
      environment: async () => ({
        KUBECONFIG: await writeIdentity(this.workshop.kubeconfig, this.cluster, { namespace, name }, folder),
        ...modestGo,
      }),
    };
  }

  /** Also what a release left behind whose end no process of ours has seen. */
  private async uninstall(client: KubernetesClient): Promise<string[]> {
    await this.fleet.stop();
    const gone: Manifest[] = [];
    for (const [apiVersion, kind] of kinds) {
      gone.push(...(await client.list(apiVersion, kind, { labelSelector: chartSelector })).items);
    }
    for (const object of gone) await remove(client, object);
    return gone.length === 0 ? [] : ["the release of External Secrets is gone, and with it its controller"];
  }
}

/** A release of External Secrets' chart brings its controller. */
export const externalSecretsRelease: OperatorKind = {
  programs: { [program]: ["health"] },
  on: (cluster, workshop, fleet) => new ExternalSecrets(cluster, workshop, fleet),
};
