import { KubernetesStatusError, NoMatchError, type KubernetesClient, type Manifest } from "@estate/clients";
import { PartialFailure } from "../framework/failure";
import type { CreateRequest, CreateResult } from "../framework/plugin";
import { containsUnknown, toJson, type BareMap } from "../framework/value";
import { checkpoint, toObject } from "./checkpoint";
import { annotation, fromManifest, idOf, textAt, toManifest, without } from "./fields";
import { newFieldManager } from "./names";
import { pause, type Session } from "./session";
import { find, timeoutMs, untilReady } from "./waiting";

/** The manager under which objects are first made; the first update moves its fields to the resource's own manager. */
export const CREATE_MANAGER = "pulumi-kubernetes";

const RETRIES = 5;

/** Makes an object and waits until it is ready. In preview: asks the server what would come of it. */
export async function create(session: Session, request: CreateRequest): Promise<CreateResult> {
  const object = toObject(request.properties);
  if (request.preview) return previewCreate(session, request, object);
  const client = session.cluster.require();
  const fieldManager = fieldManagerOf(session, object, undefined);
  const made = fromManifest(await make(session, client, request.urn, object, fieldManager));
  const to = { client, signal: session.signal };
  const { live, reasons } = await untilReady(to, object, made, timeoutMs(object, request.timeout));
  if (object["kind"] === "CustomResourceDefinition") forgetKinds(client, object);
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const properties = checkpoint(object, live, request.properties, apiVersion, fieldManager);
  if (reasons.length > 0) {
    const what = `resource "${request.urn}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: `;
    throw new PartialFailure(idOf(live), properties, [what + reasons.join(": ")]);
  }
  return { id: idOf(live), properties };
}

/** The manager of a resource's fields: an annotation, else what the state says, else a new one of its own. */
export function fieldManagerOf(session: Session, object: BareMap, known: string | undefined): string {
  if (!session.settings.serverSideApply) return CREATE_MANAGER;
  return annotation(object, "pulumi.com/patchFieldManager") ?? known ?? newFieldManager();
}

/** Whether conflicts with other managers are to be won. */
export function forces(session: Session, object: BareMap): boolean {
  return session.settings.patchForce || annotation(object, "pulumi.com/patchForce") === "true";
}

/** What the server makes of an object, if it may be asked; else the inputs as they are. */
async function previewCreate(session: Session, request: CreateRequest, object: BareMap): Promise<CreateResult> {
  const { cluster, settings } = session;
  const echo: CreateResult = { id: "", properties: request.properties };
  const apiVersion = textAt(object, "apiVersion") ?? "";
  if (cluster.client === undefined || !settings.serverSideApply || containsUnknown(object)) return echo;
  if (!(await cluster.serves(apiVersion, textAt(object, "kind") ?? ""))) return echo;
  const fieldManager = fieldManagerOf(session, object, undefined);
  try {
    const wanted = await scoped(cluster.client, object);
    const answer = await cluster.client.apply(wanted, { fieldManager, force: true, dryRun: true });
    const planned = withoutServerFields(fromManifest(answer));
    return { id: "", properties: checkpoint(object, planned, request.properties, apiVersion, fieldManager) };
  } catch (error) {
    if (await previewMayFail(cluster.client, session.signal, object, error)) return echo;
    throw new Error(notCreated(request.urn, error), { cause: error });
  }
}

/** What a dry run makes up and the real thing would have otherwise. */
export function withoutServerFields(object: BareMap): BareMap {
  return without(
    object,
    ["status"],
    ...["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"].map((field) => [
      "metadata",
      field,
    ]),
  );
}

/** A denied user, an existing object or a namespace still to come are no reason to fail a preview. */
async function previewMayFail(
  client: KubernetesClient,
  signal: AbortSignal,
  object: BareMap,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof KubernetesStatusError)) return error instanceof NoMatchError;
  if (error.status === 403 || error.status === 404 || error.reason === "AlreadyExists") return true;
  // A replacement is previewed while the old object is still there, and cannot be applied over it.
  return error.status === 422 && (await find({ client, signal }, object)) !== undefined;
}

async function make(
  session: Session,
  client: KubernetesClient,
  urn: string,
  object: BareMap,
  fieldManager: string,
): Promise<Manifest> {
  for (let attempt = 0; ; attempt++) {
    try {
      const wanted = await scoped(client, object);
      if (!session.settings.upsert) return await client.create(wanted, { fieldManager: CREATE_MANAGER });
      return await client.apply(wanted, { fieldManager, force: forces(session, object) });
    } catch (error) {
      // Only a namespace or a CRD that is still on its way is waited for.
      const missing = error instanceof NoMatchError || (error instanceof KubernetesStatusError && error.status === 404);
      if (!missing || attempt >= RETRIES) throw new Error(notCreated(urn, error), { cause: error });
      await pause(1_000 * 2 ** attempt, session.signal);
    }
  }
}

/** The object for the server; a kind taken for namespaced before its CRD was there may turn out not to be. */
export async function scoped(client: KubernetesClient, object: BareMap): Promise<Manifest> {
  const manifest = toManifest(toJson(object));
  const { namespaced } = await client.mapping(manifest.apiVersion, manifest.kind);
  return namespaced ? manifest : toManifest(toJson(without(object, ["metadata", "namespace"])));
}

function notCreated(urn: string, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof NoMatchError) {
    return (
      `creation of resource "${urn}" with kind ${error.apiVersion}/${error.kind} failed because the Kubernetes API server ` +
      `reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: ${said}`
    );
  }
  const text = `resource "${urn}" was not successfully created by the Kubernetes API server: ${said}`;
  if (!(error instanceof KubernetesStatusError && error.reason === "AlreadyExists")) return text;
  return (
    `${text}. If the resource was renamed in the program, use an alias; to change fields of an object that something else ` +
    `owns, use a Patch resource; to adopt the object, import it (the "import" resource option) or set the provider's ` +
    `upsertExistingObjects`
  );
}

/** A new or changed CRD changes what its group serves. */
export function forgetKinds(client: KubernetesClient, crd: BareMap): void {
  const group = textAt(crd, "spec", "group") ?? "";
  for (let index = 0; ; index++) {
    const version = textAt(crd, "spec", "versions", index, "name");
    if (version === undefined) return;
    client.forgetMapping(`${group}/${version}`);
  }
}
