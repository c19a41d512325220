import { KubernetesStatusError, NoMatchError, type KubernetesClient } from "@estate/clients";
import { PartialFailure } from "../framework/failure";
import type { UpdateRequest, UpdateResult } from "../framework/plugin";
import { containsUnknown, isMap, toJson, type BareMap, type JsonMap } from "../framework/value";
import { checkpoint, parseCheckpoint, toObject, type Checkpoint } from "./checkpoint";
import { CREATE_MANAGER, fieldManagerOf, forces, forgetKinds, scoped, withoutServerFields } from "./create";
import { at, fromManifest, idOf, put, textAt } from "./fields";
import { normalize } from "./normal-form";
import { takeOver } from "./ownership";
import { parsePath } from "./property-path";
import type { Session } from "./session";
import { prune } from "./shape";
import { find, timeoutMs, untilReady } from "./waiting";

/** Changes an object in place by server-side apply, and waits until it is ready again. */
export async function update(session: Session, request: UpdateRequest): Promise<UpdateResult> {
  const object = normalize(toObject(request.news));
  const echo: UpdateResult = { properties: request.news };
  if (request.preview) {
    if (containsUnknown(object)) return echo;
    if (!(await session.cluster.serves(textAt(object, "apiVersion") ?? "", textAt(object, "kind") ?? ""))) return echo;
  }
  const client = session.cluster.require();
  const state = parseCheckpoint(request.olds);
  const fieldManager = fieldManagerOf(session, object, state.fieldManager);
  const stateOf = (live: BareMap): UpdateResult["properties"] =>
    checkpoint(object, live, request.news, state.initialApiVersion ?? textAt(object, "apiVersion") ?? "", fieldManager);
  let changed: BareMap;
  try {
    changed = await change(session, client, request, state, object, fieldManager);
  } catch (error) {
    if (request.preview && error instanceof KubernetesStatusError && error.status === 403) return echo;
    throw await failure(session, client, request, object, stateOf, error);
  }
  if (request.preview) return { properties: stateOf(kept(withoutServerFields(changed), state.live)) };
  const to = { client, signal: session.signal };
  const { live, reasons } = await untilReady(to, object, changed, timeoutMs(object, request.timeout));
  if (object["kind"] === "CustomResourceDefinition") forgetKinds(client, object);
  if (reasons.length > 0) throw unfinished(live, stateOf(live), reasons);
  return { properties: stateOf(live) };
}

async function change(
  session: Session,
  client: KubernetesClient,
  request: UpdateRequest,
  state: Checkpoint,
  object: BareMap,
  fieldManager: string,
): Promise<BareMap> {
  const found = await client.get(await scoped(client, object));
  const live = fromManifest(found);
  const wanted = ignoring(object, live, request.ignoreChanges);
  const dryRun = request.preview;
  if (!session.settings.serverSideApply) {
    const patch = mergePatch(prune(state.live, normalize(state.inputs)), wanted);
    return fromManifest(await client.patch(found, patch, { fieldManager, dryRun }));
  }
  const manifest = await scoped(client, wanted);
  const force = forces(session, object);
  if (!dryRun) {
    await takeOver(client, live, CREATE_MANAGER, fieldManager);
    return fromManifest(await client.apply(manifest, { fieldManager, force }));
  }
  try {
    return fromManifest(await client.apply(manifest, { fieldManager, force, dryRun }));
  } catch (error) {
    // A preview cannot move the ownership from the create-time manager, so a conflict with that one is none.
    if (!isOurConflict(error)) throw error;
    return fromManifest(await client.apply(manifest, { fieldManager, force: true, dryRun }));
  }
}

function isOurConflict(error: unknown): boolean {
  return (
    error instanceof KubernetesStatusError &&
    error.status === 409 &&
    error.causes.length > 0 &&
    error.causes.every(({ message = "" }) => message.includes(`conflict with "${CREATE_MANAGER}"`))
  );
}

/** The server's own fields do not change by looking at a preview. */
function kept(planned: BareMap, live: BareMap): BareMap {
  return ["uid", "creationTimestamp"].reduce(
    (object, field) => put(object, ["metadata", field], at(live, "metadata", field)),
    planned,
  );
}

/** Fields whose changes are ignored keep what they have in the cluster, whoever put it there. */
function ignoring(object: BareMap, live: BareMap, ignoreChanges: readonly string[]): BareMap {
  return ignoreChanges.map(parsePath).reduce((wanted, path) => {
    const fields = path.filter((step) => typeof step === "string" && step !== "*");
    const now = at(live, ...path);
    return fields.length === path.length && now !== undefined ? put(wanted, fields.map(String), now) : wanted;
  }, object);
}

/** A JSON merge patch (RFC 7386). */
export function mergePatch(old: BareMap, wanted: BareMap): JsonMap {
  const patch: Record<string, JsonMap[string]> = {};
  for (const key of Object.keys(old)) if (!(key in wanted)) patch[key] = null;
  for (const [key, value] of Object.entries(wanted)) {
    const before = old[key];
    patch[key] = isMap(before) && isMap(value) ? mergePatch(before, value) : toJson(value);
  }
  return patch;
}

function unfinished(live: BareMap, properties: UpdateResult["properties"], reasons: readonly string[]): PartialFailure {
  const what = `the Kubernetes API server reported that "${idOf(live)}" failed to fully initialize or become live: `;
  return new PartialFailure(idOf(live), properties, [what + reasons.join(": ")]);
}

/** A failed change leaves the object as it was: the state then says so, and the engine tries again next time. */
async function failure(
  session: Session,
  client: KubernetesClient,
  request: UpdateRequest,
  object: BareMap,
  state: (live: BareMap) => UpdateResult["properties"],
  error: unknown,
): Promise<Error> {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof NoMatchError) {
    return new Error(
      `update of resource "${request.urn}" failed because the Kubernetes API server reported that the apiVersion for this ` +
        `resource does not exist. Verify that any required CRDs have been created: ${said}`,
    );
  }
  const hint =
    error instanceof KubernetesStatusError && error.status === 409
      ? `. Another manager owns these fields: set the annotation "pulumi.com/patchForce" to take them`
      : "";
  const live = request.preview ? undefined : await find({ client, signal: session.signal }, object);
  if (live === undefined) return new Error(`update of resource "${request.urn}" failed: ${said}${hint}`);
  return unfinished(live, state(live), [said + hint]);
}
