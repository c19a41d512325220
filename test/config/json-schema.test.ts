import Ajv, { type ValidateFunction } from "ajv";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { stackJsonSchema } from "../../config/json-schema";
import { settingsSchema } from "../../config/schema";
import { builtin } from "../../features";
import { tenantJsonSchema } from "../../tenants/json-schema";
import { tenantSchema } from "../../tenants/schema";
import { fixtureFiles } from "../support/projects";

// What editors say of a file, and what the loader says: one must not refuse what the other takes. Compared is the shape
// alone: what stands in other files, and how the YAML itself is written, no schema can know.
const root = join(__dirname, "../..");
const ajv = new Ajv({ allErrors: true, strict: false, logger: false, formats: { email: true } });
const editors = {
  tenant: ajv.compile(JSON.parse(tenantJsonSchema(builtin)) as object),
  stack: ajv.compile(JSON.parse(stackJsonSchema(builtin)) as object),
};
const [tenants, settings] = [tenantSchema(builtin), settingsSchema(builtin)];

/** Cases that the schema takes and the loader does not, each with what a schema cannot tell. */
const loaderOnly: Readonly<Record<string, string>> = {
  "databases-places/Pulumi.dev.yaml":
    "how much a quantity is, is arithmetic, and whose a namespace is stands elsewhere",
  "eks-addresses/Pulumi.dev.yaml": "which addresses are private, and how long a prefix is, is arithmetic",
  "managed-and-there/Pulumi.dev.yaml": "which keys exclude each other, by a rule that names them in its report",
  "notifications-twice/tenants/team-c.yaml": "names that are made of several fields are unique across a list",
};

interface Case {
  readonly name: string;
  readonly kind: "tenant" | "stack";
  readonly text: string;
}

const kindOf = (file: string): Case["kind"] | undefined =>
  /^tenants\/[^/]+\.yaml$/.test(file) ? "tenant" : /^Pulumi\.[^/]+\.yaml$/.test(file) ? "stack" : undefined;

const corpus: Case[] = readdirSync(join(root, "test/bad")).flatMap((slug) =>
  [...fixtureFiles(join(root, "test/bad", slug))].flatMap(([path, bytes]) => {
    const kind = kindOf(path.replace(/^twin\//, ""));
    return kind === undefined ? [] : [{ name: `${slug}/${path}`, kind, text: Buffer.from(bytes).toString("utf8") }];
  }),
);

/** A file's data as editors read it; undefined where it is no YAML, which they tell by themselves. */
function dataOf(text: string): unknown {
  try {
    return parse(text, { logLevel: "silent" });
  } catch {
    return undefined;
  }
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The `estate:` keys of a stack file, as the loader checks them. */
function estateKeys(data: unknown): Readonly<Record<string, unknown>> | undefined {
  const config = isMapping(data) ? data["config"] : undefined;
  if (!isMapping(config)) return undefined;
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => (key.startsWith("estate:") ? [[key.slice(7), value]] : [])),
  );
}

/** What the loader's schema says; undefined where it is not asked, or only with another file. */
function loaderTakes({ kind, text }: Case): boolean | undefined {
  const data = dataOf(text);
  if (data === undefined) return undefined;
  if (kind === "tenant") return tenants.safeParse(data).success;
  const own = estateKeys(data);
  if (own === undefined || own["scope"] === "tenants") return undefined;
  // Told by the reader of stack files, beside the schema (K001).
  const keys = Object.keys((data as { config: object }).config);
  return keys.every((key) => key.includes(":")) && settings.safeParse(own).success;
}

/** What editors say; of a stack file only what stands below `estate:` keys, since the rest is Pulumi's. */
function editorTakes(validate: ValidateFunction, data: unknown): boolean {
  return validate(data);
}

const asked = corpus.filter((each) => loaderTakes(each) !== undefined);
const good = asked.filter((each) => loaderTakes(each) === true);
const bad = asked.filter((each) => loaderTakes(each) === false);

it("has enough to compare", () => {
  expect([good.length > 100, bad.length > 60]).toEqual([true, true]);
});

it.each(good)("takes in $name what the loader takes", ({ kind, text }) => {
  const data = dataOf(text);
  // What the CLI keeps beside the settings is checked by other means.
  const own = kind === "stack" ? { config: (data as { config: unknown }).config } : data;
  expect(editorTakes(editors[kind], own), JSON.stringify(editors[kind].errors)).toBe(true);
});

it.each(bad)("refuses in $name what the loader refuses", ({ name, kind, text }) => {
  expect(editorTakes(editors[kind], dataOf(text))).toBe(Object.hasOwn(loaderOnly, name));
});

it("names no exception that is none", () => {
  expect(Object.keys(loaderOnly).filter((name) => !bad.some((each) => each.name === name))).toEqual([]);
});

describe("the repository's own files", () => {
  const files = [...readdirSync(root), ...readdirSync(join(root, "tenants")).map((file) => `tenants/${file}`)];
  const own = files.flatMap((file) => {
    const kind = kindOf(file);
    return kind === undefined ? [] : [{ file, kind }];
  });

  it.each(own)("$file is taken, and names its schema", ({ file, kind }) => {
    const text = readFileSync(join(root, file), "utf8");
    expect(editorTakes(editors[kind], dataOf(text)), JSON.stringify(editors[kind].errors)).toBe(true);
    const schema = kind === "tenant" ? "./tenant.schema.json" : "./config/stack.schema.json";
    expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=${schema}`);
  });
});

describe("a stack of tenants", () => {
  const stack = (config: object): boolean => editorTakes(editors.stack, { config });

  it("names its platform, and says nothing of what that one says", () => {
    expect(stack({ "estate:scope": "tenants", "estate:platform": "prod" })).toBe(true);
    expect(stack({ "estate:scope": "tenants" })).toBe(false);
    expect(stack({ "estate:scope": "tenants", "estate:platform": "prod", "estate:name": "acme" })).toBe(false);
  });

  it("needs all that a stack needs, otherwise", () => {
    expect(stack({ "estate:scope": "platform" })).toBe(false);
  });
});

interface Node {
  readonly description?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** Keys that an editor could complete and not explain. */
function unexplained(node: Node, path: string): string[] {
  const { properties = {}, items, additionalProperties, anyOf = [], oneOf = [] } = node;
  const inner = [items, additionalProperties, ...anyOf, ...oneOf].filter((each) => typeof each === "object");
  return [
    ...Object.entries(properties).flatMap(([key, own]) => [
      ...(own.description === undefined && own.const === undefined ? [`${path}.${key}`] : []),
      ...unexplained(own, `${path}.${key}`),
    ]),
    ...inner.flatMap((own) => unexplained(own, path)),
  ];
}

describe("what an editor completes", () => {
  it("it explains, in tenants' files", () => {
    expect(unexplained(JSON.parse(tenantJsonSchema(builtin)) as Node, "")).toEqual([]);
  });

  it("it explains, in stack files, however deep it stands", () => {
    const schema = JSON.parse(stackJsonSchema(builtin)) as Node;
    expect(Object.keys(schema.properties?.["config"]?.properties ?? {}).length).toBeGreaterThan(15);
    expect(unexplained(schema, "")).toEqual([]);
  });

  it("and a key that nothing explains is found, in a list of one of several forms, too", () => {
    const form: Node = { items: { properties: { b: {}, kind: { const: "c" } } } };
    expect(unexplained({ properties: { a: { description: "A", anyOf: [form] } } }, "")).toEqual([".a.b"]);
  });

  it("is up to date: npm run schema", () => {
    expect(readFileSync(join(root, "config/stack.schema.json"), "utf8")).toBe(stackJsonSchema(builtin));
  });
});
