import { isMap, isScalar, parseDocument, type Node } from "yaml";
import type { LifecycleState } from "../model/home";

/** The way out, one step after the other. */
const steps: readonly LifecycleState[] = ["active", "suspended", "retiring", "removed"];

/** The state after this one; undefined at the end. */
export function nextState(state: LifecycleState): LifecycleState | undefined {
  return steps[steps.indexOf(state) + 1];
}

/** Where a node's text begins and ends. */
function rangeOf(node: unknown): readonly [number, number] | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range === undefined || range === null ? undefined : [range[0], range[1]];
}

/**
 * A tenant's file with another state: comments, quotes and everything else stay as they are, letter by letter. The file has
 * been read without a mistake.
 */
export function withState(text: string, state: LifecycleState, keepDataUntil?: string): string {
  const document = parseDocument(text);
  const lifecycle: unknown = document.get("lifecycle", true);
  const until = keepDataUntil === undefined ? "" : `, keepDataUntil: ${JSON.stringify(keepDataUntil)}`;
  if (!isMap(lifecycle)) {
    const own = rangeOf(lifecycle);
    const line = `lifecycle: { state: ${state}${until} }\n`;
    // `lifecycle:` with nothing behind it is a mistake, so it is not there at all.
    if (own !== undefined) throw new RangeError("lifecycle is no mapping");
    return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}`;
  }
  const scalar: unknown = lifecycle.get("state", true);
  const at = isScalar(scalar) ? rangeOf(scalar) : undefined;
  if (at === undefined) throw new RangeError("lifecycle has no state");
  const changed = `${text.slice(0, at[0])}${state}${text.slice(at[1])}`;
  if (keepDataUntil === undefined) return changed;
  const kept: unknown = lifecycle.get("keepDataUntil", true);
  const day = isScalar(kept) ? rangeOf(kept) : undefined;
  if (day !== undefined) {
    const shift = state.length - (at[1] - at[0]);
    const [from, to] = day[0] > at[0] ? [day[0] + shift, day[1] + shift] : day;
    return `${changed.slice(0, from)}${JSON.stringify(keepDataUntil)}${changed.slice(to)}`;
  }
  const end = at[0] + state.length;
  if (lifecycle.flow === true) return `${changed.slice(0, end)}${until}${changed.slice(end)}`;
  // In a block the key goes on a line of its own, below that of the state and as far in.
  const lineStart = changed.lastIndexOf("\n", at[0]) + 1;
  const indent = /^\s*/.exec(changed.slice(lineStart))?.[0] ?? "  ";
  const lineEnd = changed.indexOf("\n", end);
  const [head, tail] = lineEnd < 0 ? [`${changed}\n`, ""] : [changed.slice(0, lineEnd + 1), changed.slice(lineEnd + 1)];
  return `${head}${indent}keepDataUntil: ${JSON.stringify(keepDataUntil)}\n${tail}`;
}
