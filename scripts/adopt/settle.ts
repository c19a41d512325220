import { isManifest, isRecord, KubernetesStatusError, NoMatchError, type KubernetesClient } from "@estate/clients";
import { isDeepStrictEqual } from "node:util";

/** A JSON object as somebody else wrote it. */
type Fields = Readonly<Record<string, unknown>>;

/** What a program says of one resource, by its URN. */
export type ProgramInputs = ReadonlyMap<string, Fields>;

/** What the program would make, from `pulumi preview --json`. */
export function programInputs(preview: string): ProgramInputs {
  const { steps = [] } = JSON.parse(preview) as {
    readonly steps?: readonly { readonly urn: string; readonly newState?: { readonly inputs?: Fields } }[];
  };
  return new Map(
    steps.flatMap(({ urn, newState }) => (newState?.inputs === undefined ? [] : [[urn, newState.inputs] as const])),
  );
}

/** A live value without what the server itself put in beside what the program says. */
function withoutDefaults(live: unknown, said: unknown, defaults: unknown): unknown {
  if (Array.isArray(live) && Array.isArray(said)) {
    const made: readonly unknown[] = Array.isArray(defaults) ? defaults : [];
    return live.map((item, index) => (index < said.length ? withoutDefaults(item, said[index], made[index]) : item));
  }
  if (!isRecord(live) || !isRecord(said)) return live;
  const made = isRecord(defaults) ? defaults : {};
  return Object.fromEntries(
    Object.entries(live).flatMap(([key, value]) => {
      if (key in said) return [[key, withoutDefaults(value, said[key], made[key])]];
      return isDeepStrictEqual(value, made[key]) ? [] : [[key, value]];
    }),
  );
}

const ownKeys = (live: unknown, said: unknown): Fields =>
  Object.fromEntries(Object.entries(isRecord(live) ? live : {}).filter(([key]) => isRecord(said) && key in said));

/**
 * What an import took for the program's, cut down to what the program speaks of: labels and annotations of others, the
 * cluster's own metadata, and fields that the API server fills in by itself. `defaults` is the program's object as the
 * server would make it. Anything else that differs stays, and is a change in the next preview.
 */
export function settledInputs(imported: Fields, said: Fields, defaults: Fields | undefined): Fields {
  const { metadata: live, ...rest } = imported;
  const { metadata: own, ...wanted } = said;
  const { name, namespace, labels, annotations } = isRecord(live) ? live : {};
  const spoken = isRecord(own) ? own : {};
  const kept = { labels: ownKeys(labels, spoken["labels"]), annotations: ownKeys(annotations, spoken["annotations"]) };
  return {
    ...(withoutDefaults(rest, wanted, defaults) as Fields),
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...Object.fromEntries(Object.entries(kept).filter(([, entries]) => Object.keys(entries).length > 0)),
    },
  };
}

/**
 * The object as the API server would make it, with all that it fills in: asked by a dry run under another name, which writes
 * nothing. Undefined where the server refuses even that; then nothing counts as filled in.
 */
export async function asTheServerMakesIt(client: KubernetesClient, said: Fields): Promise<Fields | undefined> {
  if (!isManifest(said)) return undefined;
  const name = `${String(said.metadata.name).slice(0, 50)}-adopt`;
  try {
    return await client.create({ ...said, metadata: { ...said.metadata, name } }, { dryRun: true });
  } catch (error) {
    if (error instanceof KubernetesStatusError || error instanceof NoMatchError) return undefined;
    throw error;
  }
}

/** A state as `pulumi stack export` writes it, as far as it is read here. */
interface Exported {
  readonly deployment: {
    readonly resources?: readonly {
      readonly urn: string;
      readonly inputs?: Fields;
      readonly outputs?: Fields;
    }[];
  };
}

/** A state in which the inputs of some resources are others; the provider of Kubernetes keeps them in the outputs, too. */
export function withInputs(exported: string, inputs: ProgramInputs): string {
  const state = JSON.parse(exported) as Exported;
  const resources = (state.deployment.resources ?? []).map((resource) => {
    const own = inputs.get(resource.urn);
    if (own === undefined) return resource;
    const { outputs } = resource;
    return {
      ...resource,
      inputs: own,
      ...(outputs?.["__inputs"] === undefined ? {} : { outputs: { ...outputs, __inputs: own } }),
    };
  });
  return JSON.stringify({ ...state, deployment: { ...state.deployment, resources } }, undefined, 2);
}

/** The inputs of the resources in a state. */
export function inputsIn(exported: string): ProgramInputs {
  const { deployment } = JSON.parse(exported) as Exported;
  return new Map(
    (deployment.resources ?? []).flatMap(({ urn, inputs }) => (inputs === undefined ? [] : [[urn, inputs] as const])),
  );
}
