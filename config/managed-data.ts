import { z } from "zod";
import { complaint, matching } from "./forms";

/** A host without a scheme. */
const hostName = matching(
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  "not a host",
  complaint("T016", "write for example db.example.com, without a scheme or a port"),
);

const text = z.string().min(1);

/** That AWS manages it, in one word: with the sizes that are there without any said. */
const managedWord = z.literal("managed").describe("Made on AWS, beside a control plane of kind eks");

const multiAz = z
  .boolean()
  .optional()
  .describe("Whether a second one stands by in another zone; estate:protect if absent");

/** What a database that AWS manages is like. */
const managedPostgres = z.strictObject({
  instanceClass: matching(
    /^db\.[a-z0-9-]+\.[a-z0-9]+$/,
    "not a class of databases",
    complaint("T016", "write for example db.m7g.large"),
  )
    .default("db.t4g.medium")
    .describe("Class of its instances"),
  storageGi: z
    .int()
    .min(20)
    .max(16_384)
    .default(50)
    .describe("GiB to begin with; it grows by itself to four times that"),
  multiAz,
});

/** What a cache that AWS manages is like. */
const managedRedis = z.strictObject({
  nodeType: matching(
    /^cache\.[a-z0-9-]+\.[a-z0-9]+$/,
    "not a type of cache",
    complaint("T016", "write for example cache.m7g.large"),
  )
    .default("cache.t4g.small")
    .describe("Type of its nodes"),
  multiAz,
});

interface OneForm {
  readonly host?: unknown;
  readonly managed?: unknown;
}

/** It is there, or AWS manages it: one of the two, and nothing of the other. */
function oneForm<Form extends OneForm>({ value, issues }: z.core.ParsePayload<Form>): void {
  const told = Object.entries(value).flatMap(([key, said]) => (said === undefined ? [] : [key]));
  if (value.managed !== undefined && told.length > 1)
    issues.push({
      code: "custom",
      input: value,
      message: `"managed" and "${told.find((key) => key !== "managed") ?? ""}" exclude each other`,
      ...complaint("K012", "AWS chooses the address of what it manages; keep one of the two"),
    });
  if (value.managed === undefined && value.host === undefined)
    issues.push({
      code: "custom",
      input: value,
      message: '"host" is required',
      ...complaint("K004", 'add it, or write "managed" instead, on a control plane of kind eks'),
    });
}

/** A database or a cache that is there. Its password comes from a variable. */
const there = (port: number) => ({
  host: hostName.optional().describe("Where it is: a host without a scheme or a port"),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(`${String(port)} when absent`),
  tls: z.boolean().optional().describe("Whether it is reached by TLS; it is when absent"),
});

/** How it is reached, with what was left out. */
const reached = (
  own: { readonly host?: string | undefined; readonly port?: number | undefined; readonly tls?: boolean | undefined },
  port: number,
) => ({
  host: own.host ?? "",
  port: own.port ?? port,
  tls: own.tls ?? true,
});

/** Schema of `postgres` below a service that is installed. */
export function postgres(what: string) {
  return z.union([
    managedWord.transform(() => ({ managed: managedPostgres.parse({}) })),
    z
      .strictObject({
        ...there(5432),
        database: text.optional().describe(`${what} when absent`),
        username: text.optional().describe(`${what} when absent`),
        managed: managedPostgres.optional().describe("Or made on AWS, of these sizes; then nothing else is said"),
      })
      .describe("PostgreSQL that is there; its password comes from a variable")
      .check(oneForm)
      .transform(({ managed, database = what, username = what, ...own }) =>
        managed === undefined ? { ...reached(own, 5432), database, username } : { managed },
      ),
  ]);
}

/** Schema of `redis` below a service that is installed. */
export const redis = z.union([
  managedWord.transform(() => ({ managed: managedRedis.parse({}) })),
  z
    .strictObject({
      ...there(6379),
      managed: managedRedis.optional().describe("Or made on AWS, of these sizes; then nothing else is said"),
    })
    .describe("Redis 7.2 or Valkey that is there; its password comes from a variable")
    .check(oneForm)
    .transform(({ managed, ...own }) => (managed === undefined ? reached(own, 6379) : { managed })),
]);

/** Schema of `objects` below a service that is installed: buckets that are there, or such as Estate makes. */
export function objects<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.union([managedWord, z.strictObject(shape)]);
}
