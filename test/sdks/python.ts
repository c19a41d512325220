import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { namedTypes, sorted, type Properties, type ResourceFacts, type SdkFacts } from "./shape";

/** Reads a provider's Python package, in the form that Pulumi's generator writes. */
export function readPython(folder: string, version: string, resources: readonly string[]): SdkFacts {
  const source = (file: string): string => {
    const path = join(folder, file);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  const read = resources.map((name) => [name, resource(source(`${snake(name)}.py`), name)] as const);
  const inputs = classes(source("_inputs.py"), /^class (\w+)Args:/gm);
  const outputs = classes(source("outputs.py"), /^class (\w+)\(dict\):/gm);
  return {
    version,
    plugin: JSON.parse(source("pulumi-plugin.json")) as Record<string, unknown>,
    resources: sorted(read),
    inputTypes: namedTypes(
      read.map(([, facts]) => facts.inputs),
      inputs,
    ),
    outputTypes: namedTypes(
      read.map(([, facts]) => facts.outputs),
      outputs,
    ),
  };
}

function resource(code: string, name: string): ResourceFacts {
  const args = section(code, new RegExp(`^class ${name}Args:`, "m"));
  const own = section(code, new RegExp(`^class ${name}\\(pulumi\\.(Custom|Provider)Resource\\):`, "m"));
  const names = { ...getters(args), ...getters(own) };
  const camel = (word: string): string => names[word] ?? word;
  const secretInputs = [...own.matchAll(/None if (\w+) is None else pulumi\.Output\.secret\(/g)];
  const secretOutputs = /additional_secret_outputs=\[(.*?)\]/.exec(own)?.[1] ?? "";
  return {
    token: /super\(\w+, __self__\)\.__init__\(\s*'([^']+)'/.exec(own)?.[1] ?? "",
    inputs: parameters(args),
    outputs: sorted(
      [...own.matchAll(/^ {4}def (\w+)\(self\) -> pulumi\.Output\[(.*)\]:$/gm)].map(([, word = "", type = ""]) => {
        const optional = type.startsWith("Optional[");
        return [`${camel(word)}${optional ? "?" : ""}`, short(type)] as const;
      }),
    ),
    secretInputs: secretInputs
      .map(([, word = ""]) => camel(word))
      .sort()
      .join(" "),
    secretOutputs: [...secretOutputs.matchAll(/"(\w+)"/g)]
      .map(([, word = ""]) => word)
      .sort()
      .join(" "),
  };
}

/** The text from a line on, to the next thing that is not indented. */
function section(code: string, start: RegExp): string {
  const at = code.search(start);
  if (at < 0) return "";
  const [head = "", ...rest] = code.slice(at).split("\n");
  const end = rest.findIndex((line) => /^\S/.test(line));
  return [head, ...(end < 0 ? rest : rest.slice(0, end))].join("\n");
}

function classes(code: string, start: RegExp): Record<string, Properties> {
  return Object.fromEntries(
    [...code.matchAll(start)].map((match) => [
      match[1] ?? "",
      parameters(section(code.slice(match.index), /^class /m)),
    ]),
  );
}

/** What `__init__` takes, under the names of the getters. */
function parameters(body: string): Properties {
  const names = getters(body);
  const signature = /def __init__\(__self__, \*,\n([\s\S]*?)\):\n/.exec(body)?.[1] ?? "";
  return sorted(
    signature.split("\n").flatMap((line) => {
      const [, word = "", type = "", absent] = /^\s+(\w+): (.*?)( = None)?,?$/.exec(line) ?? [];
      return word === "" ? [] : [[`${names[word] ?? word}${absent === undefined ? "" : "?"}`, short(type)] as const];
    }),
  );
}

/** Python's names to those of the wire: only where they differ is the latter told. */
function getters(body: string): Record<string, string> {
  return Object.fromEntries(
    [...body.matchAll(/@pulumi\.getter(?:\(name="(\w+)"\))?\n(?:\s+@.*\n)?\s+def (\w+)\(self\)/g)].map(
      ([, wire, word = ""]) => [word, wire ?? word],
    ),
  );
}

function short(type: string): string {
  const [, wrapped] = /^(?:pulumi\.Input|Optional)\[(.*)\]$/.exec(type) ?? [];
  if (wrapped !== undefined) return short(wrapped);
  const [, item] = /^Sequence\[(.*)\]$/.exec(type) ?? [];
  if (item !== undefined) return `${short(item)}[]`;
  const [, value] = /^Mapping\[[\w.]+, (.*)\]$/.exec(type) ?? [];
  if (value !== undefined) return `{${short(value)}}`;
  const [, object] = /^'(?:outputs\.)?(\w+?)(?:Args)?'$/.exec(type) ?? [];
  if (object !== undefined) return object;
  const scalars: Record<string, string> = { str: "string", int: "integer", float: "number", bool: "boolean" };
  return scalars[type.replace(/^_?builtins\./, "")] ?? type;
}

function snake(name: string): string {
  return name.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
