import type { TenantHome } from "../model/home";
import { wrongValue, type Product, type ProductValue } from "../model/product";
import type { Mistake } from "./feature";

type Values = Readonly<Record<string, ProductValue>>;

/** What a tenant says of a product's values, and over it of those in an environment. */
interface Said {
  readonly values: Values;
  readonly valuesByEnvironment: Readonly<Record<string, Values>>;
}

/** What stands for `${name}` in a product's manifests: facts, and its values as they hold in a home. Engines take text. */
export function substitutions(
  home: TenantHome,
  { values: definitions = {} }: Pick<Product, "values">,
  { values, valuesByEnvironment }: Said,
  hosts: readonly string[],
): Record<string, string> {
  const said = { ...values, ...valuesByEnvironment[home.environment.name] };
  return {
    estate_cluster: home.cluster.name,
    estate_domain: home.estate.domain,
    estate_environment: home.environment.name,
    estate_host: hosts[0] ?? "",
    estate_tenant: home.tenant.name,
    ...Object.fromEntries(
      Object.entries(definitions).map(([name, definition]) => [name, String(said[name] ?? definition.default)]),
    ),
  };
}

const remedies = {
  integer: "write a number in its limits",
  boolean: "write true or false",
  choice: "write one of them",
  text: "write letters, digits, blanks and _@/+.,:()-",
} as const;

/** What a tenant says of a product's values and may not: unknown names are told as references. */
export function productMistakes(
  { values: definitions = {} }: Pick<Product, "values">,
  { values, valuesByEnvironment }: Said,
): Mistake[] {
  const places = [
    { path: ["values"], own: values },
    ...Object.entries(valuesByEnvironment).map(([name, own]) => ({ path: ["valuesByEnvironment", name], own })),
  ];
  return places.flatMap(({ path, own }) =>
    Object.entries(own).flatMap(([name, value]) => {
      const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
      const wrong = definition === undefined ? undefined : wrongValue(definition, value);
      if (definition === undefined || wrong === undefined) return [];
      const remedy = `${remedies[definition.kind]}; the product's default is ${JSON.stringify(definition.default)}`;
      return [{ path: [...path, name], code: "T023", cause: `"${name}": ${JSON.stringify(value)} ${wrong}`, remedy }];
    }),
  );
}
