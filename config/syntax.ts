import { Composer, type CST, type Document as YamlDocument, LineCounter, Parser, type YAMLError } from "yaml";
import type { Place, Problem } from "../model/problem";
import { mistake } from "./mistake";

/** Deeper than any schema; without a limit a small file can exhaust the stack. */
const deepest = 50;

/** Most complaints of the parser that are shown: the later ones tend to follow from the first. */
const shownErrors = 5;

/** What the parser made of a text: a document, or why there is none. */
export interface Syntax {
  readonly document?: YamlDocument.Parsed;
  readonly placeOf: (offset: number) => Place;
  readonly problems: readonly Problem[];
}

type PlaceOf = (offset: number) => Place;

function isCollection(token: CST.Token): token is CST.BlockMap | CST.BlockSequence | CST.FlowCollection {
  return token.type === "block-map" || token.type === "block-seq" || token.type === "flow-collection";
}

/** A token's own parts: anchors, tags and punctuation on one side, inner nodes on the other. */
function partsOf(token: CST.Token): { readonly marks: CST.SourceToken[]; readonly inner: CST.Token[] } {
  if (token.type === "document") return { marks: token.start, inner: token.value === undefined ? [] : [token.value] };
  if (!isCollection(token))
    return { marks: token.type === "block-scalar" ? (token.props as CST.SourceToken[]) : [], inner: [] };
  const items: readonly CST.CollectionItem[] = token.items;
  return {
    marks: items.flatMap((item) => [...item.start, ...(item.sep ?? [])]),
    inner: items.flatMap((item) => [item.key, item.value]).filter((part) => part !== undefined && part !== null),
  };
}

function markProblem(mark: CST.SourceToken, placeOf: PlaceOf): Problem | undefined {
  if (mark.type === "anchor")
    return mistake("Y021", placeOf(mark.offset), "anchors and aliases are not allowed here", "write the value out");
  if (mark.type === "tag")
    return mistake(
      "Y023",
      placeOf(mark.offset),
      `tag ${mark.source} not allowed`,
      "remove it; quote the value if it is text",
    );
  return undefined;
}

function tokenProblem(token: CST.Token, placeOf: PlaceOf): Problem | undefined {
  if (token.type === "alias")
    return mistake("Y021", placeOf(token.offset), "anchors and aliases are not allowed here", "write the value out");
  return undefined;
}

/** Walks the tokens without recursion, since they may be nested as deep as the file is long. */
function walkTokens(tokens: readonly CST.Token[], placeOf: PlaceOf): { problems: Problem[]; tooDeep: boolean } {
  const problems: Problem[] = [];
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > deepest) {
      const tooDeep = mistake("Y016", placeOf(token.offset), `nested deeper than ${deepest}`, "flatten it");
      return { problems: [tooDeep], tooDeep: true };
    }
    const { marks, inner } = partsOf(token);
    const found = [tokenProblem(token, placeOf), ...marks.map((mark) => markProblem(mark, placeOf))];
    problems.push(...found.filter((problem) => problem !== undefined));
    for (const part of inner) open.push({ token: part, depth: isCollection(part) ? depth + 1 : depth });
  }
  return { problems, tooDeep: false };
}

function unclosedQuote(token: CST.Token): boolean {
  if (token.type !== "single-quoted-scalar" && token.type !== "double-quoted-scalar") return false;
  return token.source.length < 2 || !token.source.endsWith(token.source.charAt(0));
}

/** Where the quote begins that is never closed: the parser only tells where the file ends. */
function findUnclosedQuote(tokens: readonly CST.Token[]): CST.Token | undefined {
  const open = [...tokens];
  for (let token = open.pop(); token !== undefined; token = open.pop()) {
    if (unclosedQuote(token)) return token;
    open.push(...partsOf(token).inner);
  }
  return undefined;
}

function parserProblem(error: YAMLError, text: string, placeOf: PlaceOf): Problem {
  const offset = error.pos[0];
  if (error.code === "TAB_AS_INDENT")
    return mistake("Y005", placeOf(offset), "tab used for indentation", "use 2 spaces");
  if (error.code === "BLOCK_AS_IMPLICIT_KEY") {
    const line = text.slice(offset).split("\n", 1)[0] ?? "";
    const colon = line.search(/:(?:\s|$)/);
    return colon < 0
      ? mistake("Y026", placeOf(offset), "a mapping begins inside a value", "check the indentation of the next line")
      : mistake("Y025", placeOf(offset + colon), '": " inside an unquoted value', "quote it");
  }
  const [cause = ""] = error.message.split("\n");
  return mistake("Y026", placeOf(offset), `not YAML: ${cause}`, "correct it here; quote texts with special characters");
}

function parserProblems(
  errors: readonly YAMLError[],
  tokens: readonly CST.Token[],
  text: string,
  placeOf: PlaceOf,
): Problem[] {
  const tabbed = /^ *\t[ \t]*[^\s#]/m.exec(text);
  if (tabbed !== null && errors.length > 0) {
    const offset = tabbed.index + tabbed[0].indexOf("\t");
    return [mistake("Y005", placeOf(offset), "tab used for indentation", "use 2 spaces")];
  }
  const quote = errors.some((error) => /closing .*quote/.test(error.message)) ? findUnclosedQuote(tokens) : undefined;
  if (quote !== undefined)
    return [mistake("Y028", placeOf(quote.offset), "the quote is never closed", "close it, or quote the whole text")];
  const perLine = new Map(
    errors
      .map((error) => parserProblem(error, text, placeOf))
      .reverse()
      .map((problem) => [problem.place.line, problem]),
  );
  return [...perLine.values()].reverse().slice(0, shownErrors);
}

function directiveProblems(tokens: readonly CST.Token[], placeOf: PlaceOf): Problem[] {
  return tokens
    .filter((token) => token.type === "directive")
    .map((token) =>
      mistake("Y024", placeOf(token.offset), "directives not allowed", "remove the line; files are YAML 1.2"),
    );
}

function severalDocuments(tokens: readonly CST.Token[], placeOf: PlaceOf): Problem[] {
  return tokens
    .filter((token) => token.type === "document")
    .slice(1, 2)
    .map((token) =>
      mistake("Y008", placeOf(token.offset), "one document per file, found a second", "move it into a file of its own"),
    );
}

/** Parses YAML 1.2 strictly, and refuses what makes a file mean more than it shows. */
export function parseSyntax(text: string, file: string): Syntax {
  const counter = new LineCounter();
  const tokens = [...new Parser(counter.addNewLine).parse(text)];
  const placeOf: PlaceOf = (offset) => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const walked = walkTokens(tokens, placeOf);
  if (walked.tooDeep) return { placeOf, problems: walked.problems };
  const problems = [...walked.problems, ...directiveProblems(tokens, placeOf), ...severalDocuments(tokens, placeOf)];
  // Keys are compared in document.ts, which knows both places.
  const options = { version: "1.2", uniqueKeys: false, prettyErrors: false, keepSourceTokens: false } as const;
  const [document] = [...new Composer(options).compose(tokens)];
  if (document === undefined || document.contents === null) {
    return {
      placeOf,
      problems: [
        ...problems,
        mistake(
          "Y007",
          { file, line: 1, column: 1 },
          "file is empty",
          "delete it, or write at least the required keys",
        ),
      ],
    };
  }
  if (document.errors.length > 0)
    return { placeOf, problems: [...problems, ...parserProblems(document.errors, tokens, text, placeOf)] };
  return { document, placeOf, problems };
}
