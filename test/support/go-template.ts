/**
 * As much of Go's text/template, and of the functions that Helm adds, as our charts use under our values. What it does not
 * know it refuses, so that a newer chart cannot render to something else unseen.
 */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "output"; readonly expression: string }
  | { readonly kind: "set"; readonly name: string; readonly expression: string }
  | { readonly kind: "if"; readonly branches: readonly { readonly when: string | undefined; readonly then: Node[] }[] }
  | { readonly kind: "with"; readonly expression: string; readonly then: readonly Node[]; readonly otherwise: Node[] }
  /** `names` are the variables of the key and the item, or of the item alone. */
  | {
      readonly kind: "range";
      readonly expression: string;
      readonly names: readonly string[];
      readonly then: readonly Node[];
    };

/** Named templates (`define`). */
export type Templates = Map<string, readonly Node[]>;

interface Token {
  readonly text?: string;
  readonly action?: string;
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let trimNext = false;
  let at = 0;
  const push = (text: string, trimEnd: boolean): void => {
    const left = trimNext ? text.trimStart() : text;
    found.push({ text: trimEnd ? left.trimEnd() : left });
  };
  for (const match of source.matchAll(/\{\{(-\s)?\s*(\/\*[\s\S]*?\*\/|[\s\S]*?)\s*(-)?\}\}/g)) {
    const [whole, before, action = "", after] = match;
    push(source.slice(at, match.index), before !== undefined);
    if (!action.startsWith("/*")) found.push({ action });
    trimNext = after !== undefined;
    at = match.index + whole.length;
  }
  push(source.slice(at), false);
  return found;
}

/** A template's nodes; what it defines goes to `defines`. */
export function parseTemplate(source: string, defines: Templates): Node[] {
  const list = tokens(source);
  let next = 0;

  /** Up to the action that closes the block, or to the end of the file. */
  function block(): { nodes: Node[]; closing: string } {
    const nodes: Node[] = [];
    for (;;) {
      const token = list[next++];
      if (token === undefined) return { nodes, closing: "" };
      if (token.action === undefined) {
        nodes.push({ kind: "text", text: token.text ?? "" });
        continue;
      }
      const [, word = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(token.action) ?? [];
      if (word === "end" || word === "else") return { nodes, closing: token.action };
      const assigned = /^(\$\w+)\s*:?=\s*([\s\S]+)$/.exec(token.action);
      if (word === "if") nodes.push(conditional(rest));
      else if (word === "with") nodes.push(narrowed(rest));
      else if (word === "define") defines.set(JSON.parse(rest) as string, block().nodes);
      else if (word === "range") {
        const [, names = "", expression = rest] = /^((?:\$\w+,\s*)?\$\w+)\s*:=\s*([\s\S]+)$/.exec(rest) ?? [];
        const variables = names === "" ? [] : names.split(/,\s*/);
        nodes.push({ kind: "range", expression, names: variables, then: block().nodes });
      } else if (assigned !== null) nodes.push({ kind: "set", name: assigned[1] ?? "", expression: assigned[2] ?? "" });
      else if (!["continue", "break"].includes(word)) nodes.push({ kind: "output", expression: token.action });
    }
  }

  function conditional(first: string): Node {
    const branches: { when: string | undefined; then: Node[] }[] = [];
    let when: string | undefined = first;
    for (;;) {
      const { nodes, closing } = block();
      branches.push({ when, then: nodes });
      if (closing === "end") return { kind: "if", branches };
      when = closing === "else" ? undefined : closing.replace(/^else\s+if\s+/, "");
    }
  }

  function narrowed(expression: string): Node {
    const { nodes, closing } = block();
    return { kind: "with", expression, then: nodes, otherwise: closing === "end" ? [] : block().nodes };
  }

  return block().nodes;
}

type Scope = Map<string, unknown>;

/** Runs nodes over the root object; `toYaml` is handed in. */
export function execute(
  nodes: readonly Node[],
  root: unknown,
  defines: Templates,
  toYaml: (value: unknown) => string,
  scope: Scope = new Map(),
  dot: unknown = root,
): string {
  const functions = helm(
    toYaml,
    (name, given) => {
      const named = defines.get(name);
      if (named === undefined) throw new RangeError(`no template is defined as ${name}`);
      return execute(named, given, defines, toYaml);
    },
    (template, given) => execute(parseTemplate(template, defines), given, defines, toYaml),
  );
  const value = (expression: string): unknown => new Expression(expression, root, dot, scope, functions).value();
  return nodes
    .map((node): string => {
      switch (node.kind) {
        case "text":
          return node.text;
        case "output":
          return text(value(node.expression));
        case "set":
          scope.set(node.name, value(node.expression));
          return "";
        case "range":
          return Object.entries(value(node.expression) ?? {})
            .map(([key, item]) => {
              const [first, second] = node.names;
              if (first === undefined) throw new RangeError(`range without a variable: ${node.expression}`);
              scope.set(first, second === undefined ? item : key);
              if (second !== undefined) scope.set(second, item);
              return execute(node.then, root, defines, toYaml, scope, item);
            })
            .join("");
        case "if": {
          const taken = node.branches.find(({ when }) => when === undefined || truth(value(when)));
          return taken === undefined ? "" : execute(taken.then, root, defines, toYaml, scope, dot);
        }
        case "with": {
          const inner = value(node.expression);
          const held = truth(inner);
          return execute(held ? node.then : node.otherwise, root, defines, toYaml, scope, held ? inner : dot);
        }
      }
    })
    .join("");
}

function truth(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  // Go prints a list in brackets, without commas; the chart uses it for access modes.
  if (Array.isArray(value)) return `[${value.map(text).join(" ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

type Functions = ReadonlyMap<string, (...given: unknown[]) => unknown>;

function helm(
  toYaml: (value: unknown) => string,
  include: (name: string, given: unknown) => string,
  tpl: (template: string, given: unknown) => string,
): Functions {
  const indent = (by: unknown, block: unknown): string => text(block).replace(/^/gm, " ".repeat(Number(by)));
  const lookup = (): unknown => ({});
  return new Map<string, (...given: unknown[]) => unknown>([
    ["and", (...given) => given.find((one) => !truth(one)) ?? given.at(-1)],
    ["or", (...given) => given.find(truth) ?? given.at(-1)],
    ["not", (one) => !truth(one)],
    ["eq", (one, ...others) => others.some((other) => text(one) === text(other))],
    ["ne", (one, other) => text(one) !== text(other)],
    ["gt", (one, other) => Number(one) > Number(other)],
    ["ge", (one, other) => Number(one) >= Number(other)],
    ["int", Number],
    ["add1", (one) => Number(one) + 1],
    ["len", (one) => Object.keys(one ?? {}).length],
    ["toString", text],
    ["contains", (part, one) => text(one).includes(text(part))],
    ["keys", (one) => Object.keys(one ?? {})],
    ["omit", (one, ...gone) => Object.fromEntries(Object.entries(one ?? {}).filter(([key]) => !gone.includes(key)))],
    ["empty", (one) => !truth(one)],
    ["default", (fallback, one) => (truth(one) ? one : fallback)],
    ["quote", (one) => JSON.stringify(text(one))],
    ["trim", (one) => text(one).trim()],
    ["trunc", (length, one) => text(one).slice(0, Number(length))],
    ["trimSuffix", (end, one) => (text(one).endsWith(text(end)) ? text(one).slice(0, -text(end).length) : one)],
    ["replace", (from, to, one) => text(one).replaceAll(text(from), text(to))],
    ["printf", (format, ...given) => text(format).replace(/%[sdv]/g, () => text(given.shift()))],
    ["dict", (...given) => Object.fromEntries(pairs(given))],
    ["list", (...given) => given],
    ["untilStep", (from, to, step) => counted(Number(from), Number(to), Number(step))],
    ["concat", (...given) => given.flat()],
    ["merge", (...given) => Object.assign({}, ...given.reverse()) as unknown],
    ["hasKey", (one, key) => typeof one === "object" && one !== null && text(key) in one],
    ["dig", (...given) => dig(given)],
    ["toYaml", (one) => toYaml(one).trimEnd()],
    ["indent", indent],
    ["nindent", (by, block) => `\n${indent(by, block)}`],
    ["include", (name, given) => include(text(name), given)],
    ["template", (name, given) => include(text(name), given)],
    ["tpl", (template, given) => tpl(text(template), given)],
    ["lookup", lookup],
    ["deepCopy", (one) => structuredClone(one)],
    ["index", (one, key) => (one as Record<string, unknown>)[text(key)]],
    ["unset", (one) => one],
    ["b64enc", (one) => Buffer.from(text(one)).toString("base64")],
    ["sha256sum", () => "hash"],
    ["fail", (reason) => { throw new Error(`the chart refuses: ${text(reason)}`); }], // prettier-ignore
  ]);
}

function counted(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, at) => from + at * step);
}

function pairs(given: readonly unknown[]): [string, unknown][] {
  return given.flatMap((key, at) => (at % 2 === 0 ? [[text(key), given[at + 1]] as [string, unknown]] : []));
}

/** `dig "a" "b" fallback map`. */
function dig(given: readonly unknown[]): unknown {
  const path = given.slice(0, -2);
  const found = path.reduce((map, key) => (map as Record<string, unknown> | undefined)?.[text(key)], given.at(-1));
  return found ?? given.at(-2);
}

/** One expression: calls, pipes, paths, literals. */
class Expression {
  private readonly words: string[];
  private at = 0;

  constructor(
    private readonly source: string,
    private readonly root: unknown,
    private readonly dot: unknown,
    private readonly scope: ReadonlyMap<string, unknown>,
    private readonly functions: Functions,
  ) {
    this.words = source.match(/"(?:[^"\\]|\\.)*"|[()|]|[^\s()|"]+/g) ?? [];
  }

  value(): unknown {
    const result = this.pipeline();
    if (this.at < this.words.length) throw new RangeError(`cannot read ${this.source}`);
    return result;
  }

  private pipeline(): unknown {
    let result = this.call([]);
    while (this.words[this.at] === "|") {
      this.at++;
      result = this.call([result]);
    }
    return result;
  }

  private call(piped: readonly unknown[]): unknown {
    const called = this.functions.get(this.words[this.at] ?? "");
    if (called === undefined) {
      const operand = this.operand();
      if (piped.length > 0) throw new RangeError(`no function in ${this.source}`);
      return operand;
    }
    this.at++;
    const given: unknown[] = [];
    while (this.at < this.words.length && this.words[this.at] !== ")" && this.words[this.at] !== "|") {
      given.push(this.operand());
    }
    return called(...given, ...piped);
  }

  private operand(): unknown {
    const word = this.words[this.at++] ?? "";
    if (word === "(") {
      const inner = this.pipeline();
      this.at++;
      return inner;
    }
    if (word.startsWith('"')) return JSON.parse(word) as unknown;
    if (/^-?\d+$/.test(word)) return Number(word);
    if (word === "true" || word === "false") return word === "true";
    if (word === ".") return this.dot;
    if (word === "$") return this.root;
    // A function without arguments in the place of an argument.
    if (this.functions.has(word)) return this.functions.get(word)?.();
    const [head = "", ...path] = word.split(".");
    if (head !== "" && !head.startsWith("$")) throw new RangeError(`${head} in ${this.source} is not known here`);
    const start = head === "" ? this.dot : head === "$" ? this.root : this.scope.get(head);
    return path.reduce((map, key) => (map as Record<string, unknown> | undefined)?.[key], start);
  }
}
