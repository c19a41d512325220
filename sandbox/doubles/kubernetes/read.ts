import { NoMatchError } from "@estate/clients";
import type { ReadRequest, ReadResult } from "../framework/plugin";
import { isMap, type BareMap } from "../framework/value";
import { checkpoint, parseCheckpoint, toObject, toProperties } from "./checkpoint";
import { fieldManagerOf } from "./create";
import { parseId, textAt, without } from "./fields";
import { normalize } from "./normal-form";
import { annotateSecrets } from "./secrecy";
import type { Session } from "./session";
import { prune } from "./shape";
import { parseToken } from "./token";
import { find } from "./waiting";

const GONE: ReadResult = { id: "", properties: {}, inputs: {} };

/** What is there now. Without inputs (an import, or a resource that is only read) the inputs come from the live object. */
export async function read(session: Session, request: ReadRequest): Promise<ReadResult> {
  const { cluster, settings, engine } = session;
  const { id, urn } = request;
  if (cluster.client === undefined) {
    await engine.log("warning", `configured Kubernetes cluster is unreachable: ${cluster.unreachable}`, urn);
    if (settings.deleteUnreachable) return GONE;
    if (settings.skipUpdateUnreachable) return { id, properties: request.properties, inputs: request.inputs };
    throw new Error(
      "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this resource " +
        'from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
    );
  }
  const { namespace, name } = parseId(id);
  if (name === "")
    throw new Error(`failed to read resource because of a failure to parse resource name from request ID: ${id}`);
  const type = parseToken(request.type);
  const state = parseCheckpoint(request.properties);
  const oldInputs = normalize(toObject(request.inputs));
  const apiVersion = textAt(oldInputs, "apiVersion") ?? textAt(state.live, "apiVersion") ?? type.apiVersion;
  const place = { apiVersion, kind: type.kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  const known = textAt(oldInputs, "kind") !== undefined;
  let live: BareMap | undefined;
  try {
    live = await find({ client: cluster.client, signal: session.signal }, await withNamespace(session, place));
  } catch (error) {
    // Without its CRD a custom resource is gone too.
    if (error instanceof NoMatchError) return GONE;
    throw error;
  }
  if (live === undefined) return GONE;
  const inputs = known ? prune(live, oldInputs) : importable(live);
  const manager = fieldManagerOf(session, inputs, state.fieldManager);
  return {
    id,
    properties: checkpoint(inputs, live, request.inputs, state.initialApiVersion ?? apiVersion, manager),
    inputs: annotateSecrets(toProperties(inputs), request.inputs),
  };
}

/** An id without a namespace means `default` for a namespaced kind. */
async function withNamespace(session: Session, place: BareMap): Promise<BareMap> {
  const metadata = place["metadata"];
  if (textAt(place, "metadata", "namespace") !== undefined || !isMap(metadata)) return place;
  const apiVersion = textAt(place, "apiVersion") ?? "";
  const namespaced = await session.cluster.namespaced(apiVersion, textAt(place, "kind") ?? "");
  return namespaced ? { ...place, metadata: { ...metadata, namespace: "default" } } : place;
}

/** The inputs that would make such an object. */
function importable(live: BareMap): BareMap {
  const annotations = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];
  return without(normalize(live), ["status"], ...annotations.map((name) => ["metadata", "annotations", name]));
}
