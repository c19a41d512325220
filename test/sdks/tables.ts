import { describe, expect, it } from "vitest";
import type { ConfigTable } from "../../sandbox/doubles/framework/bridge/config";
import type { BridgedResource, Inputs, Type } from "../../sandbox/doubles/framework/bridge/schema";
import { facts, type SdkName } from "./facts";
import type { Properties, SdkFacts } from "./shape";

/** What of a resource is compared. */
type Table = Pick<BridgedResource<never>, "inputs" | "outputs" | "half" | "autoname">;

/** A type with the properties of objects in it. */
type Full = string | { readonly [key: string]: Full };

/** Tests that the tables of a double are what the provider's own package says, down to the parts of objects. */
export function tablesAreThoseOf(sdk: SdkName, tables: Readonly<Record<string, Table>>, config: ConfigTable): void {
  const said = facts(sdk);
  const resources = Object.values(said.resources).filter(({ token }) => token !== sdk);

  describe(`the tables of the double of ${sdk}`, () => {
    it("hold every resource of the SDK", () => {
      expect(Object.keys(tables).sort()).toEqual(resources.map(({ token }) => token).sort());
    });

    it("have the provider's own configuration", () => {
      const { Provider } = said.resources;
      expect(described(config)).toEqual(full(Provider?.inputs ?? {}, said));
    });

    describe.each(resources)("$token", ({ token, inputs, outputs, secretOutputs }) => {
      const table = tables[token];
      if (table === undefined) return;

      it("has the same inputs", () => {
        expect(described(table.inputs)).toEqual(full(inputs, said));
      });

      it("has the same outputs", () => {
        const told = Object.keys(outputs).map(bare);
        // A bridged resource's id may be an output, too; no package declares it.
        const own = Object.keys({ ...table.inputs, ...table.outputs }).filter((key) => key !== "id");
        expect(own.sort()).toEqual(told.sort());
      });

      it("keeps the same outputs secret", () => {
        const secret = Object.entries({ ...table.inputs, ...table.outputs }).filter(([, { secret }]) => secret);
        expect(secret.map(([key]) => key).sort()).toEqual(secretOutputs === "" ? [] : secretOutputs.split(" "));
      });

      it("lets the server choose what the package says is always there", () => {
        const always = Object.keys(outputs).filter((key) => !key.endsWith("?") && key in table.inputs);
        const chosen = Object.entries(table.inputs).filter(
          ([key, input]) =>
            input.required === true ||
            input.computed === true ||
            (table.half === "framework" && input.default !== undefined) ||
            (table.autoname === true && key === "name"),
        );
        expect(chosen.map(([key]) => key).sort()).toEqual(always.sort());
      });
    });
  });
}

function described(inputs: Inputs): { readonly [key: string]: Full } {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, input]) => [`${key}${input.required === true ? "" : "?"}`, ofType(input.type)]),
  );
}

function ofType(type: Type): Full {
  if (typeof type === "string") return type;
  if ("object" in type) return described(type.object);
  if ("map" in type) return wrap("{}", ofType(type.map));
  return wrap("[]", ofType("list" in type ? type.list : type.set));
}

function full(properties: Properties, said: SdkFacts): { readonly [key: string]: Full } {
  return Object.fromEntries(Object.entries(properties).map(([key, type]) => [key, ofText(type, said)]));
}

function ofText(type: string, said: SdkFacts): Full {
  if (type.endsWith("[]")) return wrap("[]", ofText(type.slice(0, -2), said));
  if (type.startsWith("{")) return wrap("{}", ofText(type.slice(1, -1), said));
  const object = said.inputTypes[type];
  return object === undefined ? type : full(object, said);
}

function wrap(mark: "[]" | "{}", inner: Full): Full {
  return typeof inner === "string" ? `${inner}${mark}` : { [mark]: inner };
}

function bare(key: string): string {
  return key.replace("?", "");
}
