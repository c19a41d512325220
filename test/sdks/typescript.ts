import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { sorted, type Properties } from "./shape";

/** What the sources of an SDK declare. */
export interface Declared {
  readonly resources: Readonly<Record<string, { readonly inputs: Properties; readonly outputs: Properties }>>;
  readonly inputTypes: Readonly<Record<string, Properties>>;
  readonly outputTypes: Readonly<Record<string, Properties>>;
}

/** Reads the classes and interfaces of one of our SDKs, in the form of the facts. */
export function readTypeScript(folder: string, resources: readonly string[]): Declared {
  return {
    resources: Object.fromEntries(resources.map((name) => [name, resource(join(folder, `${kebab(name)}.ts`), name)])),
    inputTypes: interfaces(join(folder, "types/input.ts")),
    outputTypes: interfaces(join(folder, "types/output.ts")),
  };
}

function resource(file: string, name: string): { inputs: Properties; outputs: Properties } {
  const { statements } = parse(file);
  const own = statements.find((node) => ts.isClassDeclaration(node) && node.name?.text === name);
  if (own === undefined || !ts.isClassDeclaration(own)) throw new Error(`${file} has no ${name}`);
  return {
    inputs: interfaces(file)[`${name}Args`] ?? {},
    outputs: sorted(own.members.filter(ts.isPropertyDeclaration).map(property)),
  };
}

function interfaces(file: string): Record<string, Properties> {
  const found = parse(file).statements.filter(ts.isInterfaceDeclaration);
  return sorted(
    found.map((node) => [node.name.text, sorted(node.members.filter(ts.isPropertySignature).map(property))]),
  );
}

function property(node: ts.PropertySignature | ts.PropertyDeclaration): readonly [string, string] {
  const { type, optional } = short(node.type);
  const mark = node.questionToken !== undefined || optional ? "?" : "";
  return [`${node.name.getText()}${mark}`, type];
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

/** `pulumi.Input<X>` and `pulumi.Output<X>` are X; a type with `| undefined` is optional. */
function short(node: ts.TypeNode | undefined): { readonly type: string; readonly optional: boolean } {
  if (node === undefined) return { type: "?", optional: false };
  if (ts.isUnionTypeNode(node)) {
    const [given] = node.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword);
    return { type: short(given).type, optional: true };
  }
  if (ts.isArrayTypeNode(node)) return { type: `${short(node.elementType).type}[]`, optional: false };
  if (!ts.isTypeReferenceNode(node)) return { type: node.getText(), optional: false };
  const name = node.typeName.getText();
  if (name === "Record") return { type: `{${short(node.typeArguments?.[1]).type}}`, optional: false };
  if (node.typeArguments !== undefined) return short(node.typeArguments[0]);
  return { type: name.replace(/^(inputs|outputs)\./, ""), optional: false };
}

function kebab(name: string): string {
  return name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
