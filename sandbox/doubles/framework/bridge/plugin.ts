import type { CheckRequest, DiffRequest, DiffResult, InvokeRequest, InvokeResult, Plugin } from "../plugin";
import { containsUnknown, reveal, same, type BareMap, type JsonMap, type PropertyMap } from "../value";
import { check } from "./check";
import { checkConfig, type ConfigTable } from "./config";
import { diff } from "./diff";
import { Lifecycle } from "./lifecycle";
import type { BridgedResource } from "./schema";

/** A bridged provider: its tables, and how it reaches its back end. */
export interface Bridged<Backend> {
  readonly name: string;
  readonly version: string;
  readonly config: ConfigTable;
  /** Keyed by type token. */
  readonly resources: Readonly<Record<string, BridgedResource<Backend>>>;
  /** Called once, at the first real work. `config` is typed and complete. */
  connect(config: JsonMap): Promise<Backend>;
  /** Refuses a configuration before anything is done with it. Values may be unknown. */
  refuse?(config: BareMap): void;
  invoke?(request: InvokeRequest, backend: Backend): Promise<InvokeResult>;
}

/** The plugin of a bridged provider. */
export function bridgedPlugin<Backend>(bridged: Bridged<Backend>): Plugin {
  let config: BareMap | undefined;
  let backend: Promise<Backend> | undefined;

  const connect = (): Promise<Backend> => {
    if (config === undefined) throw new Error(`the ${bridged.name} provider is not configured`);
    if (containsUnknown(config)) {
      throw new Error(`the ${bridged.name} provider's configuration is not known yet`);
    }
    // Without unknowns, bare values are JSON.
    return (backend ??= bridged.connect(config as JsonMap));
  };

  const lifecycles = new Map(
    Object.entries(bridged.resources).map(([token, resource]) => [token, new Lifecycle(resource, connect)]),
  );
  const at = (token: string): Lifecycle<Backend> => {
    const found = lifecycles.get(token);
    if (found === undefined) {
      throw new Error(`${token} is not simulated by the sandbox's double of ${bridged.name}`);
    }
    return found;
  };

  const invoke = bridged.invoke?.bind(bridged);
  return {
    name: bridged.name,
    version: bridged.version,
    checkConfig: (request) => Promise.resolve(checkConfig(bridged.config, request)),
    diffConfig: (request) => Promise.resolve(diffConfig(request)),
    configure: ({ args }) => {
      config = checkConfig(bridged.config, configRequest(args)).typed;
      bridged.refuse?.(config);
      return Promise.resolve({ supportsAutonamingConfiguration: true });
    },
    check: async (request) => Promise.resolve(check(at(request.type).resource, request)),
    diff: async (request) => {
      const lifecycle = at(request.type);
      await lifecycle.examine(request.news, request.olds);
      return diff(lifecycle.resource, request);
    },
    create: async (request) => at(request.type).create(request),
    read: async (request) => at(request.type).read(request),
    update: async (request) => at(request.type).update(request),
    delete: async (request) => at(request.type).delete(request),
    ...(invoke !== undefined && { invoke: async (request: InvokeRequest) => invoke(request, await connect()) }),
  };
}

function configRequest(news: PropertyMap): CheckRequest {
  return { urn: "", type: "", name: "", olds: undefined, news, randomSeed: new Uint8Array(), autonaming: undefined };
}

/** A changed configuration is an update in place: nothing of these providers is bound to one for good. */
function diffConfig({ oldInputs, olds, news }: DiffRequest): DiffResult {
  const before = plain(Object.keys(oldInputs).length > 0 ? oldInputs : olds);
  const after = plain(news);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const diffs = keys.filter((key) => !same(before[key], after[key]));
  return {
    changes: diffs.length > 0,
    diffs,
    detailed: Object.fromEntries(diffs.map((key) => [key, { kind: "update", inputDiff: true } as const])),
  };
}

function plain(inputs: PropertyMap): BareMap {
  return Object.fromEntries(Object.entries(reveal(inputs)).filter(([key]) => !key.startsWith("__")));
}
