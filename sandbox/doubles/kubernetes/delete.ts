import { KubernetesStatusError, NoMatchError } from "@estate/clients";
import { PartialFailure } from "../framework/failure";
import type { DeleteRequest } from "../framework/plugin";
import { isMap, type BareMap } from "../framework/value";
import { checkpoint, parseCheckpoint } from "./checkpoint";
import { forgetKinds, scoped } from "./create";
import { annotation, idOf, parseId, put, textAt } from "./fields";
import type { Session } from "./session";
import { parseToken } from "./token";
import { timeoutMs, untilGone } from "./waiting";

/** Removes an object and what it owns, and waits until it is gone. */
export async function remove(session: Session, request: DeleteRequest): Promise<void> {
  const { cluster, settings, engine, signal } = session;
  if (cluster.client === undefined) {
    await engine.log("warning", `configured Kubernetes cluster is unreachable: ${cluster.unreachable}`, request.urn);
    if (settings.deleteUnreachable) return;
    throw new Error(
      "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource from Pulumi " +
        'state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"',
    );
  }
  const client = cluster.client;
  const state = parseCheckpoint(request.properties);
  const { namespace, name } = parseId(request.id);
  const { apiVersion, kind } = parseToken(request.type);
  const object = {
    ...state.live,
    apiVersion: textAt(state.live, "apiVersion") ?? apiVersion,
    kind,
    metadata: put({ ...metadataOf(state.live) }, ["name"], name),
  };
  const placed = namespace === undefined ? object : put(object, ["metadata", "namespace"], namespace);
  try {
    const ref = await scoped(client, placed);
    await client.delete(ref, {
      propagationPolicy: propagation(annotation(placed, "pulumi.com/deletionPropagationPolicy")),
    });
    const left = await untilGone({ client, signal }, placed, timeoutMs(placed, request.timeout));
    if (kind === "CustomResourceDefinition") forgetKinds(client, placed);
    if (left === undefined) return;
    const version = state.initialApiVersion ?? apiVersion;
    const properties = checkpoint(state.inputs, left.live, request.properties, version, state.fieldManager ?? "");
    throw new PartialFailure(idOf(left.live), properties, left.reasons);
  } catch (error) {
    // Gone already, or its kind is: both are what was asked for.
    if (error instanceof NoMatchError) return;
    if (error instanceof KubernetesStatusError && error.status === 404) return;
    throw error;
  }
}

function metadataOf(live: BareMap): BareMap {
  const metadata = live["metadata"];
  return isMap(metadata) ? metadata : {};
}

function propagation(asked: string | undefined): "Foreground" | "Background" | "Orphan" {
  switch (asked?.toLowerCase()) {
    case "background":
      return "Background";
    case "orphan":
      return "Orphan";
    default:
      return "Foreground";
  }
}
