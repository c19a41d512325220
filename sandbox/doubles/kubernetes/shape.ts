import { isList, isMap, type Bare, type BareMap } from "../framework/value";

/**
 * A live object cut down to the shape of what the program once asked for: fields that the cluster added are gone, and of
 * a list as many items are kept as were asked for. Where the kinds of value differ, the live one is kept whole.
 */
export function prune(live: BareMap, shape: BareMap): BareMap {
  const kept: Record<string, Bare> = {};
  for (const [key, value] of Object.entries(live)) {
    const wanted = shape[key];
    if (wanted !== undefined) kept[key] = pruneValue(value, wanted);
  }
  return kept;
}

function pruneValue(live: Bare, shape: Bare): Bare {
  if (isMap(live) && isMap(shape)) return prune(live, shape);
  if (isList(live) && isList(shape)) return pruneList(live, shape);
  return live;
}

function pruneList(live: readonly Bare[], shape: readonly Bare[]): readonly Bare[] {
  return live.slice(0, shape.length).map((item, index) => {
    const wanted = shape[index];
    return wanted === undefined ? item : pruneValue(item, wanted);
  });
}
