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
    return live.map((item: unknown, index) =>
      index < said.length ? withoutDefaults(item, said[index], made[index]) : item,
    );
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

/** What is said as something is made, or to the provider alone: no server tells it, so no import knows it. */
const untold: Readonly<Record<string, readonly string[]>> = {
  "gitlab:index/project:Project": ["initializeWithReadme"],
  "gitlab:index/repositoryFile:RepositoryFile": ["commitMessage", "overwriteOnCreate"],
  "harbor:index/project:Project": ["forceDestroy"],
};

/** A file as GitLab tells it, in Base64, in the form in which the program writes it; as it was where it is no text. */
function asText({ content, encoding }: Fields): Fields {
  if (encoding !== "base64" || typeof content !== "string") return {};
  const bytes = Buffer.from(content, "base64");
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? { content: text, encoding: "text" } : {};
}

/**
 * What an import of another system lacks, or tells in another form than the program: none of it is a difference. Without it
 * the next run would write an application's own pipeline file anew, in Base64.
 */
export function settledFields(type: string, imported: Fields, said: Fields): Fields {
  const told = (untold[type] ?? []).filter((key) => key in said).map((key) => [key, said[key]] as const);
  return {
    ...Object.fromEntries(told),
    ...(type === "gitlab:index/repositoryFile:RepositoryFile" ? asText(imported) : {}),
  };
}

/** A resource of a state as `pulumi stack export` writes it, as far as it is read here. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly parent?: string;
  readonly inputs?: Fields;
  readonly outputs?: Fields;
}

interface Exported {
  readonly deployment: { readonly resources?: readonly StateResource[] };
}

/** The resources in a state. */
export function resourcesIn(exported: string): readonly StateResource[] {
  return (JSON.parse(exported) as Exported).deployment.resources ?? [];
}

/** A state in which some resources are others. */
export function withResources(exported: string, changed: ReadonlyMap<string, StateResource>): string {
  const state = JSON.parse(exported) as Exported;
  const resources = (state.deployment.resources ?? []).map((resource) => changed.get(resource.urn) ?? resource);
  return JSON.stringify({ ...state, deployment: { ...state.deployment, resources } }, undefined, 2);
}

/** The resource with inputs that are the program's; the provider of Kubernetes keeps its inputs among the outputs, too. */
export function settledObject(resource: StateResource, inputs: Fields): StateResource {
  const { outputs } = resource;
  return {
    ...resource,
    inputs,
    ...(outputs?.["__inputs"] === undefined ? {} : { outputs: { ...outputs, __inputs: inputs } }),
  };
}
