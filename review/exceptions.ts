import { isMap, isNode, isSeq, type Node, parseDocument } from "yaml";

/** An exception that has ended, as its file says it. */
export interface EndedException {
  readonly set: string;
  readonly environment?: string;
  readonly until: string;
  readonly reason: string;
}

/** A tenant's file without its ended exceptions. */
export interface Cleaned {
  readonly text: string;
  readonly ended: readonly EndedException[];
}

const word = (value: unknown): string => (typeof value === "string" ? value : "");

/** The line of a place in the text, from 0. */
const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length - 1;

/** First and last line of a node. */
function linesOf(text: string, node: Node): readonly [number, number] {
  const [from, to] = node.range ?? [0, 0];
  return [lineAt(text, from), lineAt(text, Math.max(from, to - 1))];
}

/** The lines of a list's item: from the comment that stands right above it to its end. */
function itemLines(text: string, lines: readonly string[], item: Node): readonly [number, number] {
  let [from] = linesOf(text, item);
  const [, last] = linesOf(text, item);
  while (from > 0 && !/^\s*-(\s|$)/.test(lines[from] ?? "")) from -= 1;
  while (/^\s*#/.test(lines[from - 1] ?? "")) from -= 1;
  return [from, last];
}

function withoutLines(lines: readonly string[], cut: readonly (readonly [number, number])[]): string {
  return lines.filter((_, index) => !cut.some(([from, to]) => index >= from && index <= to)).join("\n");
}

/**
 * Takes the exceptions out of a tenant's file that ended before `today` (`YYYY-MM-DD`; the last day still counts). All else,
 * comments too, stays letter by letter: whole lines are cut out, and only a list on one line is written anew.
 */
export function withoutEnded(text: string, today: string): Cleaned {
  const document = parseDocument(text);
  const { contents } = document;
  const pair = isMap(contents) ? contents.items.find(({ key }) => String(key) === "exceptions") : undefined;
  const list = pair?.value;
  if (document.errors.length > 0 || !isMap(contents) || pair === undefined || !isSeq(list)) return { text, ended: [] };
  const entries = list.items.filter(isNode).map((item) => {
    const entry = isMap(item) ? (item.toJSON() as Readonly<Record<string, unknown>>) : {};
    const until = word(entry["until"]);
    return { item, entry, ended: until !== "" && until < today };
  });
  const going = entries.filter(({ ended }) => ended);
  const told = going.map(({ entry }) => ({
    set: word(entry["set"]),
    ...(word(entry["environment"]) === "" ? {} : { environment: word(entry["environment"]) }),
    until: word(entry["until"]),
    reason: word(entry["reason"]),
  }));
  if (going.length === 0) return { text, ended: [] };
  const lines = text.split("\n");
  const all = going.length === entries.length;
  if (all && contents.flow !== true && isNode(pair.key)) {
    const [key] = linesOf(text, pair.key);
    return { text: withoutLines(lines, [[key, linesOf(text, list)[1]]]), ended: told };
  }
  if (!all && list.flow !== true)
    return {
      text: withoutLines(
        lines,
        going.map(({ item }) => itemLines(text, lines, item)),
      ),
      ended: told,
    };
  if (all) document.delete("exceptions");
  else for (const { item } of going) list.items.splice(list.items.indexOf(item), 1);
  return { text: document.toString({ lineWidth: 0 }), ended: told };
}
