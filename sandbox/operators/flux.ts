import { isManifest, type KubernetesClient, type Manifest } from "@estate/clients";

import { crdsOfComponent } from "../components";
import { fluxComponents } from "../../model/controllers";
import { controllerRun, isFluxController, listenersOf } from "./arguments";
import { bringDefinitions, remove, removeDefinitions, removeFinalizers } from "./definitions";
import type { Fleet } from "./fleet";
import { writeIdentity } from "./identity";
import {
  componentsOf,
  finalizersOf,
  findInstance,
  fluxFinalizer,
  fluxGroup,
  fluxManager,
  isSettled,
  labelsOf,
  nameOf,
  placeOf,
  report,
  setFinalizers,
  stateOf,
  tenancyOf,
} from "./instance";
import { controllerFolder, noteNotSimulated } from "./ledger";
import { modestGo, type Operator, type OperatorKind, type Workshop } from "./operator";
import type { Program } from "./program";
import { roles, serviceAccounts } from "./roles";

/**
 * A stand-in for flux-operator on one cluster, and honest about it: there are no pods, so it answers a FluxInstance with
 * Flux's real CRDs, the controllers' real identities and rights, and the real controllers as processes of this machine,
 * with the arguments their containers would have. It makes no Deployment, Service or NetworkPolicy. A component whose
 * program the sandbox does not build has its CRDs and no process; Ready's message and `sandbox status` name it.
 */
class FluxOperator implements Operator {
  /** The generation of the instance that this process has seen through. */
  private done = "";

  constructor(
    private readonly cluster: string,
    private readonly workshop: Workshop,
    private readonly fleet: Fleet,
  ) {}

  async reconcile(client: KubernetesClient): Promise<string[]> {
    const instance = await findInstance(client);
    if (instance === undefined) {
      // Gone without its finalizer, or with the whole cluster: its Deployments would be gone, too.
      await this.stop();
      return [];
    }
    if (instance.metadata.deletionTimestamp !== undefined) return this.uninstall(client, instance);
    // The operator takes no orders while an instance is switched off; its Deployments go on.
    if (isDisabled(instance)) {
      await this.fleet.keep();
      return [];
    }
    const marks = finalizersOf(instance);
    if (!marks.includes(fluxFinalizer)) {
      await setFinalizers(client, instance, [...marks, fluxFinalizer]);
      return [];
    }
    if (isSettled(instance) && this.done === stateOf(instance)) {
      await this.fleet.keep();
      return [];
    }
    return this.install(client, instance);
  }

  private async install(client: KubernetesClient, instance: Manifest): Promise<string[]> {
    const components = componentsOf(instance);
    const unknown = components.filter((component) => crdsOfComponent(component) === undefined);
    if (unknown.length > 0) {
      const message = `the sandbox's stand-in for flux-operator has no CRDs of ${unknown.join(", ")}`;
      this.done = stateOf(instance);
      await report(client, instance, "False", "BuildFailed", message);
      return [message];
    }
    const definitions = components.flatMap((component) => crdsOfComponent(component) ?? []).filter(isManifest);
    const open = await bringDefinitions(client, instance, definitions);
    if (open.length > 0) return this.waitFor(client, instance, open);
    for (const object of this.identities(instance)) {
      await client.apply(object, { fieldManager: fluxManager, force: true });
    }
    const { programs, notSimulated, ignored } = this.programs(instance);
    noteNotSimulated(this.workshop.dir, this.cluster, notSimulated);
    await this.fleet.want(programs);
    const notReady = await this.fleet.notReady();
    if (notReady.length > 0) return this.waitFor(client, instance, notReady);
    const message = [
      "Reconciliation finished by the sandbox's stand-in for flux-operator",
      ...(notSimulated.length === 0 ? [] : [`no process runs for ${notSimulated.join(", ")}`]),
      ...(ignored.length === 0 ? [] : [`not simulated: ${ignored.join(", ")}`]),
    ].join("; ");
    this.done = stateOf(instance);
    await report(client, instance, "True", "ReconciliationSucceeded", message);
    const running = programs.map(({ name }) => name).join(", ");
    return [
      `FluxInstance ${nameOf(instance)} is ready: ${String(definitions.length)} CRDs; running: ${running || "none"}`,
    ];
  }

  private async stop(): Promise<void> {
    await this.fleet.stop();
    noteNotSimulated(this.workshop.dir, this.cluster, []);
  }

  /** An instance that was ready before a restart of the sandbox stays so: nobody has changed it. */
  private async waitFor(client: KubernetesClient, instance: Manifest, open: readonly string[]): Promise<string[]> {
    if (!isSettled(instance)) {
      await report(client, instance, "Unknown", "Progressing", `waiting for ${open.join("; ")}`);
    }
    return [];
  }

  private identities(instance: Manifest): Manifest[] {
    const { namespace, components } = placeOf(instance);
    const tokens = tenancyOf(instance).objectLevelWorkloadIdentity === true;
    return [...serviceAccounts(namespace, components), ...roles(namespace, tokens)].map((object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        labels: {
          ...object.metadata.labels,
          ...labelsOf(instance),
          "app.kubernetes.io/managed-by": fluxManager,
          "app.kubernetes.io/part-of": "flux",
        },
      },
    }));
  }

  private programs(instance: Manifest): { programs: Program[]; notSimulated: string[]; ignored: string[] } {
    const { files, ports, dir, kubeconfig } = this.workshop;
    const { namespace } = placeOf(instance);
    const programs: Program[] = [];
    const notSimulated: string[] = [];
    const ignored: string[] = [];
    for (const name of componentsOf(instance)) {
      const file = files[name];
      if (file === undefined || !isFluxController(name)) {
        notSimulated.push(name);
        continue;
      }
      const folder = controllerFolder(dir, this.cluster, name);
      const run = controllerRun(name, instance, (of, what) => ports[`${this.cluster}/${of}/${what}`], folder);
      ignored.push(...run.ignored);
      programs.push({
        name: `${name}-${this.cluster}`,
        file,
        args: run.args,
        ready: run.ready,
        folder,
        endsLast: name === "notification-controller",
        environment: async () => ({
          KUBECONFIG: await writeIdentity(kubeconfig, this.cluster, { namespace, name }, folder),
          RUNTIME_NAMESPACE: namespace,
          ...modestGo,
        }),
      });
    }
    return { programs, notSimulated, ignored };
  }

  /** In the real one's order: first the controllers go, so that none writes a finalizer again; what they applied stays. */
  private async uninstall(client: KubernetesClient, instance: Manifest): Promise<string[]> {
    const marks = finalizersOf(instance);
    if (!marks.includes(fluxFinalizer)) return [];
    if (!isDisabled(instance)) {
      await this.stop();
      await removeFinalizers(client, instance);
      for (const object of this.identities(instance)) await remove(client, object);
      if ((await removeDefinitions(client, instance)) > 0) return [];
    }
    await setFinalizers(
      client,
      instance,
      marks.filter((mark) => mark !== fluxFinalizer),
    );
    return [`FluxInstance ${nameOf(instance)} goes, and its controllers and CRDs are gone`];
  }
}

const isDisabled = (instance: Manifest): boolean =>
  instance.metadata.annotations?.[`${fluxGroup}/reconcile`] === "disabled";

/** A FluxInstance brings the controllers that it lists. */
export const fluxInstance: OperatorKind = {
  programs: Object.fromEntries(fluxComponents.map((name) => [name, listenersOf(name)])),
  on: (cluster, workshop, fleet) => new FluxOperator(cluster, workshop, fleet),
};
