import type { ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { Engine } from "../framework/engine";
import type {
  CheckRequest,
  CheckResult,
  ConfigureRequest,
  ConfigureResult,
  CreateRequest,
  CreateResult,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  Plugin,
  ReadRequest,
  ReadResult,
  UpdateRequest,
  UpdateResult,
} from "../framework/plugin";
import { same } from "../framework/value";
import { check } from "./check";
import { Cluster, sameActiveCluster } from "./cluster";
import { create } from "./create";
import { remove } from "./delete";
import { diff } from "./diff";
import { read } from "./read";
import { Release } from "./release/release";
import type { Session } from "./session";
import { checkSettings, readSettings, settingReplacements } from "./settings";
import { update } from "./update";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** The double of `pulumi-resource-kubernetes`, over real API servers on this machine. */
export class KubernetesPlugin implements Plugin {
  readonly name = "kubernetes";
  private session: Session | undefined;
  private readonly canceller = new AbortController();

  constructor(
    private readonly engine: Engine,
    readonly version: string,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  checkConfig(request: CheckRequest): Promise<CheckResult> {
    return Promise.resolve({ inputs: request.news, failures: checkSettings(request.news) });
  }

  diffConfig({ olds, oldInputs, news }: DiffRequest): Promise<DiffResult> {
    const before = Object.keys(oldInputs).length > 0 ? oldInputs : olds;
    const replaces = settingReplacements(before, news, () =>
      sameActiveCluster(readSettings(before, this.env), readSettings(news, this.env)),
    );
    const keys = new Set([...Object.keys(before), ...Object.keys(news)]);
    const diffs = [...keys].filter((key) => !same(before[key], news[key]));
    return Promise.resolve({ changes: diffs.length > 0 || replaces.length > 0, diffs, replaces });
  }

  async configure({ args }: ConfigureRequest): Promise<ConfigureResult> {
    const settings = readSettings(args, this.env);
    const cluster = await Cluster.connect(settings);
    this.session = { settings, cluster, engine: this.engine, signal: this.canceller.signal };
    return { supportsAutonamingConfiguration: true };
  }

  check(request: CheckRequest): Promise<CheckResult> {
    return request.type === RELEASE ? this.release().check(request) : check(this.configured(), request);
  }

  diff(request: DiffRequest): Promise<DiffResult> {
    return request.type === RELEASE ? Promise.resolve(this.release().diff(request)) : diff(this.configured(), request);
  }

  create(request: CreateRequest): Promise<CreateResult> {
    return request.type === RELEASE ? this.release().create(request) : create(this.configured(), request);
  }

  read(request: ReadRequest): Promise<ReadResult> {
    return request.type === RELEASE ? this.release().read(request) : read(this.configured(), request);
  }

  update(request: UpdateRequest): Promise<UpdateResult> {
    return request.type === RELEASE ? this.release().update(request) : update(this.configured(), request);
  }

  delete(request: DeleteRequest): Promise<void> {
    return request.type === RELEASE ? this.release().delete(request) : remove(this.configured(), request);
  }

  construct(request: ConstructRequest): Promise<ConstructResponse> {
    // helm.sh/v4 Chart, yaml/v2 ConfigGroup and ConfigFile, kustomize/v2 Directory: they render inside the real plugin.
    return Promise.reject(new Error(`component ${request.getType()} is not simulated by this double`));
  }

  cancel(): Promise<void> {
    // The reason is what an operation says that was asking the API server, or was about to.
    this.canceller.abort(new Error("the operation was cancelled"));
    return Promise.resolve();
  }

  private release(): Release {
    return new Release(this.configured(), this.env);
  }

  private configured(): Session {
    if (this.session === undefined) throw new Error("the provider was not configured");
    return this.session;
  }
}
