import type { DiffRequest, DiffResult } from "../framework/plugin";
import type { BareMap } from "../framework/value";
import { parseCheckpoint, toObject } from "./checkpoint";
import { differences, toDetailed } from "./differences";
import { annotation, at, put, textAt, without } from "./fields";
import { AUTONAMED } from "./names";
import { normalize } from "./normal-form";
import { formatPath } from "./property-path";
import { condition } from "./readiness";
import { replaceUnready, replacingPaths, type Mutability } from "./replacements";
import type { Session } from "./session";
import { prune } from "./shape";
import { find } from "./waiting";

/** The wanted object against the last live state, without asking the cluster (but for `replaceUnready`). */
export async function diff(session: Session, request: DiffRequest): Promise<DiffResult> {
  const state = parseCheckpoint(request.olds);
  const wanted = toObject(request.news);
  const namespaced = await session.cluster.namespaced(textAt(wanted, "apiVersion") ?? "", textAt(wanted, "kind") ?? "");
  const inputs = Object.keys(state.inputs).length > 0 ? state.inputs : toObject(request.oldInputs);
  const result = compare(inputs, state.live, wanted, namespaced, session.settings, request.ignoreChanges);
  if (!replaceUnready(wanted) || !(await unready(session, state.live))) return result;
  const replaces = [...(result.replaces ?? []), '.metadata.annotations["pulumi.com/replaceUnready"]'];
  return { ...result, changes: true, replaces };
}

/** The pure part. */
export function compare(
  oldInputs: BareMap,
  live: BareMap,
  news: BareMap,
  namespaced: boolean,
  mutability: Mutability,
  ignoreChanges: readonly string[],
): DiffResult {
  const wanted = withScope(normalize(news), namespaced);
  const pruned = withScope(prune(live, normalize(oldInputs)), namespaced);
  // A program may take over, by name, what was once named for it.
  const liveName = textAt(live, "metadata", "name");
  const old = textAt(wanted, "metadata", "name") === undefined ? pruned : put(pruned, ["metadata", "name"], liveName);
  const found = differences(old, wanted, replacingPaths(wanted, live, mutability), ignoreChanges);
  const replaces = found
    .filter(({ kind, path }) => kind.endsWith("-replace") || (kind === "delete" && formatPath(path) === "metadata"))
    .map(({ path }) => formatPath(path));
  const name = textAt(wanted, "metadata", "name");
  const sameNamespace =
    textAt(wanted, "metadata", "namespace") === textAt(withScope(live, namespaced), "metadata", "namespace");
  return {
    changes: found.length > 0,
    replaces,
    // The new one cannot be made beside the old one if it must have the same name.
    deleteBeforeReplace:
      replaces.length > 0 &&
      name !== undefined &&
      annotation(wanted, AUTONAMED) !== "true" &&
      name === liveName &&
      sameNamespace,
    detailed: toDetailed(found),
    diffs: [...new Set(found.map(({ path }) => String(path[0])))],
  };
}

/** No namespace and `default` are the same for a namespaced kind; other kinds have none. */
function withScope(object: BareMap, namespaced: boolean): BareMap {
  if (!namespaced) return without(object, ["metadata", "namespace"]);
  const namespace = at(object, "metadata", "namespace");
  return namespace === undefined || namespace === "" ? put(object, ["metadata", "namespace"], "default") : object;
}

async function unready(session: Session, live: BareMap): Promise<boolean> {
  const { cluster, signal, engine } = session;
  if (cluster.client === undefined) {
    await engine.log("warning", "Cluster is unreachable, skipping replaceUnready check");
    return false;
  }
  if (live["kind"] !== "Job") {
    await engine.log("warning", "replaceUnready annotation is not supported for this resource");
    return false;
  }
  const now = await find({ client: cluster.client, signal }, live);
  return now !== undefined && condition(now, "Complete") !== "True";
}
