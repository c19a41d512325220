import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as runtimeSettings from "@pulumi/pulumi/runtime/settings";

/** One resource as the engine is told of it, with what the SDK says of its plugin. */
export interface Registered {
  readonly type: string;
  readonly version: string;
  readonly downloadUrl: string;
  readonly secretOutputs: readonly string[];
  /** Inputs with their wrappers; `secretInputs` names those that are wrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secretInputs: readonly string[];
}

interface RegisterRequest {
  getType(): string;
  getVersion(): string;
  getPlugindownloadurl(): string;
  getAdditionalsecretoutputsList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}

/** Exported by Pulumi's SDK and left out of its types. */
const { waitForRPCs } = runtimeSettings as unknown as { readonly waitForRPCs: () => Promise<void> };

const signature = "4dabf18193072939515e22adb298388d";

class Monitor extends MockMonitor {
  readonly seen: Registered[] = [];

  constructor() {
    super({
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs as object }),
      call: () => ({}),
    });
  }

  override async registerResource(request: unknown, callback: (error: unknown, response: unknown) => void) {
    const told = request as RegisterRequest;
    const raw = told.getObject()?.toJavaScript() ?? {};
    this.seen.push({
      type: told.getType(),
      version: told.getVersion(),
      downloadUrl: told.getPlugindownloadurl(),
      secretOutputs: told.getAdditionalsecretoutputsList(),
      inputs: Object.fromEntries(
        Object.entries(raw).map(([key, value]) => [key, wrapped(value) ? value.value : value]),
      ),
      secretInputs: Object.keys(raw).filter((key) => wrapped(raw[key])),
    });
    return super.registerResource(request, callback);
  }
}

function wrapped(value: unknown): value is { readonly value: unknown } {
  return typeof value === "object" && value !== null && signature in value;
}

/** What the engine is told of the one resource that a program makes. */
export async function registered(program: () => unknown): Promise<Registered> {
  const monitor = new Monitor();
  pulumi.runtime.setMockOptions(monitor, "project", "stack", false);
  await pulumi.runtime.runInPulumiStack(() => {
    program();
    return Promise.resolve({});
  });
  await waitForRPCs();
  const [only, ...others] = monitor.seen.filter(({ type }) => type !== "pulumi:pulumi:Stack");
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} resources, not one`);
  return only;
}
