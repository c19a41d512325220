import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import * as runtimeSettings from "@pulumi/pulumi/runtime/settings";

/** One registered resource as the engine would have been told of it. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string;
  readonly provider: string;
  readonly custom: boolean;
  readonly protect: boolean;
  readonly dependencies: readonly string[];
  readonly deletedWith: string;
  readonly ignoreChanges: readonly string[];
  readonly version: string;
  /** Inputs with secrets wrapped as `{ [signature]: ..., value }`. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getCustom(): boolean;
  getProtect(): boolean;
  getDependenciesList(): string[];
  getDeletedwith(): string;
  getIgnorechangesList(): string[];
  getVersion(): string;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}

/** Exported by the SDK and left out of its types. */
const { waitForRPCs } = runtimeSettings as unknown as { readonly waitForRPCs: () => Promise<void> };

interface RegisterResponse {
  getUrn(): string;
}

type Callback = (error: unknown, response: unknown) => void;

const secretSignature = "4dabf18193072939515e22adb298388d";

/** Takes secrets' wrappers off, for reading what is inside. */
export function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  if (secretSignature in value && "value" in value) return unwrap(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
}

/**
 * Records what a program tells the engine, including what the SDK's own mocks hide: parent, provider, protection,
 * dependencies. A second resource of one URN is an error, as it is for the engine.
 */
class RecordingMonitor extends MockMonitor {
  readonly registrations: Registration[] = [];

  constructor() {
    super({
      newResource: (args) => {
        const id = idOf(args);
        return { id, state: withLiveFields(args, id) };
      },
      call: (args) => {
        throw new Error(`the program calls ${args.token}: nothing live is read while it runs`);
      },
    });
  }

  override async registerResource(request: unknown, callback: Callback): Promise<void> {
    const req = request as RegisterRequest;
    const answer: Callback = (error, response) => {
      const urn = (response as RegisterResponse | undefined)?.getUrn() ?? "";
      if (this.registrations.some((other) => other.urn === urn)) {
        callback(new Error(`two resources with URN ${urn}`), undefined);
        return;
      }
      this.registrations.push({
        type: req.getType(),
        name: req.getName(),
        urn,
        parent: req.getParent(),
        provider: req.getProvider(),
        custom: req.getCustom(),
        protect: req.getProtect(),
        dependencies: req.getDependenciesList(),
        deletedWith: req.getDeletedwith(),
        ignoreChanges: req.getIgnorechangesList(),
        version: req.getVersion(),
        inputs: req.getObject()?.toJavaScript() ?? {},
      });
      callback(error, response);
    };
    return super.registerResource(request, answer);
  }
}

/** Ids as the back ends give them: GitLab counts, and answers a path with the number; others use names. */
let counted = 100;
function idOf(args: pulumi.runtime.MockResourceArgs): string {
  if (args.type.startsWith("gitlab:")) return String((counted += 1));
  return args.id !== undefined && args.id !== "" ? args.id : `${args.name}-id`;
}

/** What a live system would add and the program takes as input. */
function withLiveFields(args: pulumi.runtime.MockResourceArgs, id: string): Record<string, unknown> {
  const inputs = args.inputs as Record<string, unknown>;
  if (args.type === "kubernetes:core/v1:Namespace" && args.id === "kube-system") {
    return { metadata: { name: "kube-system", uid: liveUid } };
  }
  if (args.type === "pulumi:pulumi:StackReference") return { ...inputs, ...referenced.get(String(inputs["name"])) };
  if (args.type === "gitlab:index/group:Group") return { ...inputs, fullPath: fullPathOf(inputs, id) };
  return { ...inputs, ...madeByServer[args.type] };
}

/** What stack references find, by the stack's full name. */
const referenced = new Map<string, { readonly outputs: object; readonly secretOutputNames: readonly string[] }>();

/** Lets programs that are recorded from now on find these outputs of another stack. */
export function hasOutputs(stack: string, outputs: object, secretOutputNames: readonly string[] = []): void {
  referenced.set(stack, { outputs, secretOutputNames });
}

/** A group that is in GitLab already. */
export const liveGroup = { id: 7, path: "platform/tenants" } as const;

const groupPaths = new Map<string, string>([[String(liveGroup.id), liveGroup.path]]);

function fullPathOf({ parentId, path }: Record<string, unknown>, id: string): string {
  const above = groupPaths.get(String(parentId));
  const whole = above === undefined ? String(path) : `${above}/${String(path)}`;
  groupPaths.set(id, whole);
  return whole;
}

/** What only the server knows, and the program passes on. */
const madeByServer: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "aws:eks/cluster:Cluster": {
    endpoint: "https://0123456789.gr7.eu-central-1.eks.amazonaws.com",
    certificateAuthority: { data: "UEVN" },
    identities: [{ oidcs: [{ issuer: "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789" }] }],
    vpcConfig: { clusterSecurityGroupId: "sg-pods" },
  },
  "aws:ec2/launchTemplate:LaunchTemplate": { latestVersion: 1 },
  "aws:elasticache/replicationGroup:ReplicationGroup": { primaryEndpointAddress: "master.made.cache.amazonaws.com" },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": { arn: "arn:aws:iam::111122223333:oidc-provider/made" },
  "aws:kms/key:Key": { keyId: "made", arn: "arn:aws:kms:eu-central-1:111122223333:key/made" },
  "aws:rds/instance:Instance": { address: "made.rds.amazonaws.com" },
  "aws:iam/role:Role": { arn: "arn:aws:iam::111122223333:role/made" },
  "gitlab:index/projectDeployToken:ProjectDeployToken": { token: "gldt-made" },
  "gitlab:index/projectAccessToken:ProjectAccessToken": { token: "glpat-made" },
  "gitlab:index/userRunner:UserRunner": { token: "glrt-made" },
  "harbor:index/robotAccount:RobotAccount": { fullName: "robot$made", secret: "made" },
  "random:index/randomPassword:RandomPassword": { result: "made" },
};

/** The UID that the recorded `kube-system` has. */
export const liveUid = "00000000-0000-4000-8000-000000000001";

/** Runs a program against the recording monitor. Rejects with what the program threw. */
export async function record(program: () => unknown): Promise<readonly Registration[]> {
  const monitor = new RecordingMonitor();
  pulumi.runtime.setMockOptions(monitor, "project", "stack", false, "organization");
  await pulumi.runtime.runInPulumiStack(() => Promise.resolve(program()));
  await waitForRPCs();
  return monitor.registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}
