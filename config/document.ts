import { isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from "yaml";
import type { Place, Problem } from "../model/problem";
import { hiddenCharacter, misleadingCharacters, refusedCharacters } from "./characters";
import { findCredentials } from "./credential";
import { mistake } from "./mistake";
import { surpriseOf } from "./scalar";
import { type Path, pathKey, type Source } from "./source";
import { parseSyntax, type Syntax } from "./syntax";
import { decodeText, readText, type FileText } from "./text";

/** A complaint about one value of a document. */
export interface Finding {
  readonly path: Path;
  readonly problem: Problem;
  /** Whether the value is refused; otherwise a complaint of the schema about the same value goes first. */
  readonly certain: boolean;
}

/** A YAML file's data, with the place of everything in it. */
export interface YamlSource extends Source {
  readonly file: string;
  readonly findings: readonly Finding[];
}

/** A file that was read: its data when there are any, and what is wrong with it as a whole. */
export interface ReadDocument {
  readonly document?: YamlSource;
  readonly problems: readonly Problem[];
}

/** Keys that mean something to JavaScript itself. */
const reservedKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

interface Located {
  readonly key?: Place;
  readonly value: Place;
  readonly written?: string;
}

/** Turns the parser's tree into plain data, and remembers places on the way. */
class Reading {
  readonly findings: Finding[] = [];
  readonly located = new Map<string, Located>();
  readonly refused = new Set<string>();

  constructor(
    private readonly placeOf: Syntax["placeOf"],
    private readonly text: string,
  ) {}

  private complain(path: Path, problem: Problem, certain = true): void {
    this.findings.push({ path, problem, certain });
    if (certain) this.refused.add(pathKey(path));
  }

  private start(node: Node | null): Place | undefined {
    const range = node?.range;
    return range === undefined || range === null ? undefined : this.placeOf(range[0]);
  }

  private raw(node: Node): string {
    const range = node.range;
    return range === undefined || range === null ? "" : this.text.slice(range[0], range[1]);
  }

  /** A refused character that only an escape brings in; the others were seen in the file's text. */
  private escapedCharacter(node: Node, value: string): string | undefined {
    return hiddenCharacter(this.raw(node)) === undefined ? hiddenCharacter(value) : undefined;
  }

  read(node: Node | null, path: Path, key: Place | undefined): unknown {
    const own = this.start(node) ?? key ?? this.placeOf(0);
    // A block below its key begins on the next line: the key is what people look for. The same for nothing at all.
    const belowKey = isCollection(node) && node.flow !== true;
    const nothing = node === null || (isScalar(node) && node.source === "");
    const value = key !== undefined && (belowKey || nothing) ? key : own;
    const written = isScalar(node) && node.type === "PLAIN" ? node.source : undefined;
    this.located.set(pathKey(path), { value, ...(key && { key }), ...(written !== undefined && { written }) });
    if (node !== null && !isAlias(node) && (node.tag !== undefined || node.anchor !== undefined))
      this.refused.add(pathKey(path));
    if (isMap(node)) return this.readMap(node.items as Pair<Node | null, Node | null>[], path);
    if (isSeq(node))
      return node.items.map((item, index) => this.read(item as Node | null, [...path, index], undefined));
    if (isScalar(node)) return this.readScalar(node, path, value);
    // The alias itself was told with the syntax.
    if (isAlias(node)) this.refused.add(pathKey(path));
    return null;
  }

  private readScalar(node: Scalar, path: Path, place: Place): unknown {
    const { value } = node;
    if (typeof value === "string") {
      if (findCredentials(value).length > 0) this.refused.add(pathKey(path));
      const hidden = this.escapedCharacter(node, value);
      if (hidden !== undefined)
        this.complain(path, mistake("Y004", place, `the text holds the control character ${hidden}`, "remove it"));
    }
    const surprise = node.type === "PLAIN" ? surpriseOf(this.raw(node), value) : undefined;
    if (surprise !== undefined)
      this.complain(path, mistake(surprise.code, place, surprise.cause, surprise.remedy), surprise.certain);
    return value;
  }

  private readMap(pairs: readonly Pair<Node | null, Node | null>[], path: Path): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const first = new Map<string, Place>();
    for (const { key, value } of pairs) {
      const place = this.start(key) ?? this.start(value) ?? this.placeOf(0);
      const name = this.readKey(key, path, place);
      if (name === undefined) continue;
      const earlier = first.get(name);
      if (earlier !== undefined) {
        const where = `${String(earlier.line)}:${String(earlier.column)}`;
        this.complain(
          [...path, name],
          mistake("Y020", place, `"${name}" again; first at ${where}`, "keep one of the two"),
        );
        continue;
      }
      first.set(name, place);
      result[name] = this.read(value, [...path, name], place);
    }
    return result;
  }

  /** A key that the data may have; the others are told. */
  private readKey(key: Node | null, path: Path, place: Place): string | undefined {
    if (!isScalar(key) || typeof key.value !== "string") {
      const written = isScalar(key) && key.source !== undefined && key.source !== "" ? ` (${key.source})` : "";
      if (!isAlias(key))
        this.complain(
          [...path, "?"],
          mistake(
            "T010",
            place,
            `keys must be plain text${written}`,
            "write plain text, in quotes if it is a number or a word such as true",
          ),
        );
      return undefined;
    }
    const name = key.value;
    if (name === "<<" && key.type === "PLAIN") {
      this.complain([...path, name], mistake("Y022", place, "merge keys are not supported", "write the keys out"));
      return undefined;
    }
    if (reservedKeys.has(name)) {
      this.complain([...path, name], mistake("T011", place, `reserved key "${name}"`, "choose another name"));
      return undefined;
    }
    const hidden = this.escapedCharacter(key, name);
    if (hidden !== undefined)
      this.complain(
        [...path, name],
        mistake("Y004", place, `the key holds the control character ${hidden}`, "remove it"),
      );
    return name;
  }
}

function sourceOf(file: string, data: unknown, reading: Reading): YamlSource {
  return {
    file,
    data,
    prefix: "",
    findings: reading.findings,
    placeOf(path, part = "value") {
      for (let length = path.length; length >= 0; length -= 1) {
        const located = reading.located.get(pathKey(path.slice(0, length)));
        // Of something absent: the mapping that lacks it, by its key.
        if (located !== undefined)
          return part === "key" || length < path.length ? (located.key ?? located.value) : located.value;
      }
      return { file };
    },
    writtenAt: (path) => reading.located.get(pathKey(path))?.written,
    refuses: (path) =>
      path.some((_, index) => reading.refused.has(pathKey(path.slice(0, index + 1)))) || reading.refused.has("[]"),
  };
}

function topKind(node: Node | null): string {
  return isSeq(node) ? "a list" : "a single value";
}

function parseText(read: FileText, file: string): ReadDocument {
  const { text } = read;
  if (text === undefined) return { problems: read.problems };
  const misleading = misleadingCharacters(text, file);
  const refused = refusedCharacters(text, file);
  if (misleading.length > 0) return { problems: [...read.problems, ...misleading, ...refused] };
  const { document, placeOf, problems } = parseSyntax(text, file);
  const all = [...read.problems, ...refused, ...problems];
  if (document === undefined) return { problems: all };
  const contents: Node | null = document.contents;
  if (!isMap(contents)) {
    const place = contents?.range ? placeOf(contents.range[0]) : { file, line: 1, column: 1 };
    return {
      problems: [
        ...all,
        mistake("Y009", place, `expected a mapping, got ${topKind(contents)}`, "write `key: value` lines"),
      ],
    };
  }
  const reading = new Reading(placeOf, text);
  const data = reading.read(contents, [], undefined);
  return { document: sourceOf(file, data, reading), problems: all };
}

/** Reads one YAML file strictly. `file` is how the report calls it. */
export function readDocument(path: string, file: string): ReadDocument {
  return parseText(readText(path, file), file);
}

/** The same for bytes at hand. */
export function parseDocument(bytes: Uint8Array, file: string): ReadDocument {
  return parseText(decodeText(bytes, file), file);
}
