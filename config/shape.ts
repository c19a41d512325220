import { z } from "zod";
import { type Path, valueAt } from "./source";

type Schema = z.core.$ZodType;

/** The schema behind defaults, optional marks and transforms. */
function bare(schema: Schema): Schema {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  )
    return bare(schema.unwrap());
  if (schema instanceof z.ZodPipe) return bare(schema.in);
  return onlyMapping(schema) ?? schema;
}

/** Of a union that is a word or a mapping, the mapping: only that has keys. */
function onlyMapping(schema: Schema): Schema | undefined {
  if (!(schema instanceof z.ZodUnion) || schema instanceof z.ZodDiscriminatedUnion) return undefined;
  const [mapping, other] = schema.options.map(bare).filter((option) => option instanceof z.ZodObject);
  return other === undefined ? mapping : undefined;
}

/** The option of a union that the data chose with its discriminator. */
function chosenOption(union: z.ZodDiscriminatedUnion, data: unknown): Schema | undefined {
  const key = union.def.discriminator;
  return union.options.find((option) => {
    const inner = bare(option);
    const discriminator = inner instanceof z.ZodObject ? (inner.shape as Record<string, Schema>)[key] : undefined;
    return discriminator !== undefined && z.safeParse(discriminator, valueAt(data, [key])).success;
  });
}

function step(schema: Schema, key: string | number, data: unknown): Schema | undefined {
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) {
    const shape = inner.shape as Record<string, Schema>;
    return Object.hasOwn(shape, key) ? shape[key] : undefined;
  }
  if (inner instanceof z.ZodRecord) return inner.valueType;
  if (inner instanceof z.ZodArray) return inner.element;
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const option = chosenOption(inner, data);
    return option === undefined ? undefined : step(option, key, data);
  }
  return undefined;
}

/** The schema of what stands at `path` of `data`. */
export function schemaAt(schema: Schema, path: Path, data: unknown): Schema | undefined {
  return path.reduce<Schema | undefined>(
    (inner, key, index) => (inner === undefined ? undefined : step(inner, key, valueAt(data, path.slice(0, index)))),
    schema,
  );
}

/** The keys that a mapping may have; empty when they are free. */
export function knownKeys(schema: Schema | undefined, data: unknown): string[] {
  if (schema === undefined) return [];
  const inner = bare(schema);
  if (inner instanceof z.ZodObject) return Object.keys(inner.shape);
  if (inner instanceof z.ZodDiscriminatedUnion) return knownKeys(chosenOption(inner, data), data);
  if (inner instanceof z.ZodRecord && inner.keyType instanceof z.ZodEnum) return inner.keyType.options.map(String);
  return [];
}

/** Where below `schema` a key would be right, as the keys on the way: `cpu` belongs under `limits.max`. */
export function keyBelongsUnder(schema: Schema | undefined, key: string, levels = 2): string[] | undefined {
  const inner = schema === undefined ? undefined : bare(schema);
  if (!(inner instanceof z.ZodObject) || levels === 0) return undefined;
  const shape: Record<string, Schema> = inner.shape;
  const children = Object.entries(shape);
  const direct = children.find(([, child]) => knownKeys(child, undefined).includes(key));
  if (direct !== undefined) return [direct[0]];
  for (const [name, child] of children) {
    const below = keyBelongsUnder(child, key, levels - 1);
    if (below !== undefined) return [name, ...below];
  }
  return undefined;
}
