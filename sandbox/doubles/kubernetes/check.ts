import type { CheckFailure, CheckRequest, CheckResult } from "../framework/plugin";
import { containsUnknown, type BareMap } from "../framework/value";
import { annotation, at, put, textAt } from "./fields";
import { toObject, toProperties } from "./checkpoint";
import { AUTONAMED, autoname } from "./names";
import { annotateSecrets } from "./secrecy";
import type { Session } from "./session";
import { isListKind, isPatch, parseToken, type ObjectType } from "./token";
import { schemaFailures } from "./validation";

/** Are these inputs good? Gives the object a name and a namespace, and asks the server for its schema's opinion. */
export async function check(session: Session, request: CheckRequest): Promise<CheckResult> {
  const { cluster, settings } = session;
  if (cluster.client === undefined && settings.skipUpdateUnreachable && request.olds !== undefined) {
    return { inputs: request.olds };
  }
  const type = parseToken(request.type);
  const given = toObject(request.news);
  const refusal = refusals(type, given, settings.serverSideApply);
  if (refusal.length > 0) return { inputs: request.news, failures: refusal };

  const named = withName(given, request);
  const object = await withNamespace(session, settings.serverSideApply ? named : withManagedBy(named));
  const inputs = annotateSecrets(toProperties(object), request.news);
  const { apiVersion, kind } = type;
  if (cluster.client === undefined || containsUnknown(object) || !(await cluster.serves(apiVersion, kind))) {
    return { inputs };
  }
  return { inputs, failures: await schemaFailures(cluster.client, object) };
}

/** What can be said against inputs without a cluster. */
export function refusals(type: ObjectType, given: BareMap, serverSideApply: boolean): readonly CheckFailure[] {
  const { apiVersion, kind } = type;
  if (isListKind(type)) {
    const reason = `List resources exist for compatibility with YAML manifests, and are not intended for use with Pulumi. Use the underlying ${kind.slice(0, -"List".length)} resource instead`;
    return [{ property: "kind", reason: `${kind}: ${reason}` }];
  }
  if (isPatch(type, textAt(given, "kind"))) {
    if (!serverSideApply) return [{ property: "", reason: "Patch resources require Server-Side Apply mode" }];
    if (at(given, "metadata", "name") === undefined) {
      return [{ property: "metadata.name", reason: "Patch resources require the resource `.metadata.name` to be set" }];
    }
    return [{ property: "", reason: `${kind}: Patch resources are not simulated by this double` }];
  }
  const failures: CheckFailure[] = [];
  for (const [property, wanted] of Object.entries({ apiVersion, kind })) {
    const found = textAt(given, property);
    if (found !== wanted) {
      const reason = `${property} is ${JSON.stringify(found ?? null)}, but the type token says ${JSON.stringify(wanted)}`;
      failures.push({ property, reason });
    }
  }
  if (
    serverSideApply &&
    at(given, "metadata", "generateName") !== undefined &&
    at(given, "metadata", "name") === undefined
  ) {
    failures.push({
      property: "metadata.generateName",
      reason: "metadata.generateName is not supported in Server-Side Apply mode",
    });
  }
  return failures;
}

function withName(given: BareMap, request: CheckRequest): BareMap {
  if (at(given, "metadata", "name") !== undefined || at(given, "metadata", "generateName") !== undefined) return given;
  const olds = request.olds === undefined ? {} : toObject(request.olds);
  const kept = annotation(olds, AUTONAMED) === "true" ? textAt(olds, "metadata", "name") : undefined;
  const name = kept ?? autoname(request.name, request.randomSeed, request.autonaming, request.urn);
  return put(put(given, ["metadata", "name"], name), ["metadata", "annotations", AUTONAMED], "true");
}

async function withNamespace(session: Session, object: BareMap): Promise<BareMap> {
  const apiVersion = textAt(object, "apiVersion") ?? "";
  const kind = textAt(object, "kind") ?? "";
  const given = at(object, "metadata", "namespace");
  if (given !== undefined && given !== "") return object;
  if (!(await session.cluster.namespaced(apiVersion, kind))) return object;
  return put(object, ["metadata", "namespace"], session.cluster.namespace);
}

/** Only the older client-side mode marks its objects. */
function withManagedBy(object: BareMap): BareMap {
  return put(object, ["metadata", "labels", "app.kubernetes.io/managed-by"], "pulumi");
}
