import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import type { Input, Inputs, Type } from "../../../sandbox/doubles/framework/bridge/schema";
import { privateKey } from "../../../sandbox/doubles/tls/private-key";
import { randomBytes } from "../../../sandbox/doubles/random/bytes";
import { randomId } from "../../../sandbox/doubles/random/id";
import { randomPassword, randomString } from "../../../sandbox/doubles/random/password";
import { randomUuid } from "../../../sandbox/doubles/random/uuid";
import { config } from "../../../sandbox/doubles/vault/config";
import { resources as vault } from "../../../sandbox/doubles/vault/plugin";

/** One property as an SDK declares it: a type in short, and whether it must be given. */
interface Declared {
  readonly type: string;
  readonly required: boolean;
}

const resources: Record<string, { readonly inputs: Inputs }> = {
  ...vault,
  "random:index/randomBytes:RandomBytes": randomBytes,
  "random:index/randomId:RandomId": randomId,
  "random:index/randomPassword:RandomPassword": randomPassword,
  "random:index/randomString:RandomString": randomString,
  "random:index/randomUuid:RandomUuid": randomUuid,
  "tls:index/privateKey:PrivateKey": privateKey,
};

describe("the tables of the doubles", () => {
  it.each(Object.keys(resources))("%s has the properties of the SDK", (token) => {
    const [, pkg = "", module = "", name = ""] = /^(\w+):(.+)\/\w+:(\w+)$/.exec(token) ?? [];
    const file = `${module === "index" ? "" : `${module}/`}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const code = readFileSync(sdk(pkg, `${file}.js`), "utf8");
    expect(/__pulumiType = '([^']+)'/.exec(code)?.[1]).toBe(token);
    expect(described(resources[token]?.inputs ?? {})).toEqual(declared(sdk(pkg, `${file}.d.ts`), `${name}Args`));
  });

  it.each(Object.keys(resources))("%s has the secret outputs of the SDK", (token) => {
    const [, pkg = "", module = "", name = ""] = /^(\w+):(.+)\/\w+:(\w+)$/.exec(token) ?? [];
    const file = `${module === "index" ? "" : `${module}/`}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const code = readFileSync(sdk(pkg, `${file}.js`), "utf8");
    const list = /additionalSecretOutputs: (\[.*?\])/.exec(code)?.[1] ?? "[]";
    const resource = resources[token] as { inputs: Inputs; outputs: Record<string, { secret?: true }> };
    const ours = Object.entries({ ...resource.inputs, ...resource.outputs }).filter(([, { secret }]) => secret);
    expect(ours.map(([key]) => key).sort()).toEqual(JSON.parse(list));
  });

  it("has the provider's own configuration", () => {
    const args = declared(sdk("vault", "provider.d.ts"), "ProviderArgs");
    expect(Object.keys(config).sort()).toEqual(Object.keys(args).sort());
  });
});

function sdk(pkg: string, file: string): string {
  return join(__dirname, "../../../node_modules/@pulumi", pkg, file);
}

function described(inputs: Inputs): Record<string, Declared> {
  return sorted(
    Object.entries(inputs).map(([name, input]: [string, Input]) => [
      name,
      { type: short(input.type), required: input.required ?? false },
    ]),
  );
}

function short(type: Type): string {
  if (type === "integer") return "number";
  if (typeof type === "string") return type;
  if ("list" in type) return `${short(type.list)}[]`;
  if ("set" in type) return `${short(type.set)}[]`;
  return "map" in type ? `map of ${short(type.map)}` : "object";
}

/** The members of an exported interface. */
function declared(file: string, name: string): Record<string, Declared> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  const found = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return sorted(
    found.members.filter(ts.isPropertySignature).map((member) => [
      member.name.getText(source),
      {
        type: shortNode(member.type, source),
        required: member.questionToken === undefined,
      },
    ]),
  );
}

/** `pulumi.Input<pulumi.Input<string>[]>` is `string[]`; a reference to another interface is an object. */
function shortNode(node: ts.TypeNode | undefined, source: ts.SourceFile): string {
  if (node === undefined) return "?";
  if (ts.isUnionTypeNode(node)) {
    return shortNode(
      node.types.find((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword),
      source,
    );
  }
  if (ts.isArrayTypeNode(node)) return `${shortNode(node.elementType, source)}[]`;
  if (ts.isTypeLiteralNode(node)) {
    const index = node.members.find(ts.isIndexSignatureDeclaration);
    return `map of ${shortNode(index?.type, source)}`;
  }
  if (ts.isTypeReferenceNode(node)) {
    return node.typeArguments === undefined ? "object" : shortNode(node.typeArguments[0], source);
  }
  return node.getText(source);
}

function sorted(entries: readonly (readonly [string, Declared])[]): Record<string, Declared> {
  return Object.fromEntries([...entries].sort(([left], [right]) => left.localeCompare(right)));
}
