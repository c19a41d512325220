import type { ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { PropertyMap } from "./value";

/** Which resource a call is about. */
export interface Subject {
  readonly urn: string;
  /** The type token, such as `vault:index/mount:Mount`. */
  readonly type: string;
  /** The resource's logical name. */
  readonly name: string;
}

/** What the project says about automatic names; sent only if the plugin says it supports it. */
export interface Autonaming {
  readonly proposedName: string;
  readonly mode: "propose" | "enforce" | "disable";
}

/** Are these inputs good? `olds` are the last checked inputs, absent for a new resource. */
export interface CheckRequest extends Subject {
  readonly olds: PropertyMap | undefined;
  readonly news: PropertyMap;
  /** The same for a resource in preview and update. Empty when the engine sends none. */
  readonly randomSeed: Uint8Array;
  readonly autonaming: Autonaming | undefined;
}

/** One input that is not accepted; `property` may be empty. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** The inputs to record (with defaults), or why not. */
export interface CheckResult {
  readonly inputs: PropertyMap;
  readonly failures?: readonly CheckFailure[];
}

/** How does the wanted state differ from the last one? `olds` are outputs, `oldInputs` and `news` checked inputs. */
export interface DiffRequest extends Subject {
  readonly id: string;
  readonly olds: PropertyMap;
  readonly oldInputs: PropertyMap;
  readonly news: PropertyMap;
  readonly ignoreChanges: readonly string[];
}

/** How one property differs. */
export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

/** The difference. */
export interface DiffResult {
  /** `undefined` leaves it to the engine to compare inputs. */
  readonly changes: boolean | undefined;
  /** Top-level properties that make a replacement necessary. */
  readonly replaces?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
  /** Keyed by property path, such as `spec.ports[0].name`. */
  readonly detailed?: Readonly<Record<string, { readonly kind: DiffKind; readonly inputDiff?: boolean }>>;
  /** Top-level properties that differ. */
  readonly diffs?: readonly string[];
  /** Outputs that stay as they are. */
  readonly stables?: readonly string[];
}

/** The provider's configuration: `args` are its checked inputs, in which non-strings may be JSON text. */
export interface ConfigureRequest {
  readonly args: PropertyMap;
}

/** What a plugin can do beside secrets, resources, outputs and preview, which every double accepts. */
export interface ConfigureResult {
  readonly supportsAutonamingConfiguration?: boolean;
}

/** Make a resource. In preview: make nothing, answer an empty id and what would be. */
export interface CreateRequest extends Subject {
  readonly properties: PropertyMap;
  readonly preview: boolean;
  /** Seconds; 0 means the plugin's own default. */
  readonly timeout: number;
}

/** What was made. */
export interface CreateResult {
  readonly id: string;
  readonly properties: PropertyMap;
}

/** Look at a resource. `properties` and `inputs` are empty on import. */
export interface ReadRequest extends Subject {
  readonly id: string;
  readonly properties: PropertyMap;
  readonly inputs: PropertyMap;
  readonly timeout: number;
}

/** What is there; an empty id means that it is gone. */
export interface ReadResult {
  readonly id: string;
  readonly properties: PropertyMap;
  readonly inputs: PropertyMap;
}

/** Change a resource in place. */
export interface UpdateRequest extends Subject {
  readonly id: string;
  readonly olds: PropertyMap;
  readonly oldInputs: PropertyMap;
  readonly news: PropertyMap;
  readonly ignoreChanges: readonly string[];
  readonly preview: boolean;
  readonly timeout: number;
}

/** What a resource is after a change. */
export interface UpdateResult {
  readonly properties: PropertyMap;
}

/** Remove a resource. */
export interface DeleteRequest extends Subject {
  readonly id: string;
  readonly properties: PropertyMap;
  readonly oldInputs: PropertyMap;
  readonly timeout: number;
}

/** Call a function. */
export interface InvokeRequest {
  readonly token: string;
  readonly args: PropertyMap;
  readonly preview: boolean;
}

/** A function's answer. */
export interface InvokeResult {
  readonly properties: PropertyMap;
  readonly failures?: readonly CheckFailure[];
}

/** A provider plugin, on plain values. A thrown Error reaches the user as its message alone. */
export interface Plugin {
  /** The package, such as `vault`. */
  readonly name: string;
  /** Not lower than the SDK's version, or the engine looks for another plugin. */
  readonly version: string;
  /** The package's schema as JSON text; an empty one if absent. */
  schema?(): Promise<string>;
  checkConfig(request: CheckRequest): Promise<CheckResult>;
  diffConfig(request: DiffRequest): Promise<DiffResult>;
  configure(request: ConfigureRequest): Promise<ConfigureResult>;
  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<DiffResult>;
  create(request: CreateRequest): Promise<CreateResult>;
  read(request: ReadRequest): Promise<ReadResult>;
  update(request: UpdateRequest): Promise<UpdateResult>;
  delete(request: DeleteRequest): Promise<void>;
  invoke?(request: InvokeRequest): Promise<InvokeResult>;
  /** Components speak to the engine's monitor themselves, so they get the message as it is. */
  construct?(request: ConstructRequest): Promise<ConstructResponse>;
  /** The engine asks running operations to stop soon. */
  cancel?(): Promise<void>;
}
