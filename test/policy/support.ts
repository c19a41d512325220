import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import * as deserialize from "@pulumi/policy/deserialize";
import * as proxy from "@pulumi/policy/proxy";

type Properties = Readonly<Record<string, unknown>>;

/** Exported by the SDK and left out of its types. */
const { deserializeProperties } = deserialize as unknown as {
  readonly deserializeProperties: (wire: { toJavaScript(): Properties }, marks: boolean) => Properties;
};
const { unknownCheckingProxy } = proxy as unknown as {
  readonly unknownCheckingProxy: (properties: Properties) => Properties;
};

/** How secrets come over the wire. */
const secretSignature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" } as const;

/** A value that is marked secret, as the engine hands it to a pack. */
export const secret = (value: unknown): unknown => ({ ...secretSignature, value });

/** Text that a preview does not know yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A resource as the engine tells a pack of it. */
export interface Given {
  readonly type: string;
  readonly name?: string;
  readonly urn?: string;
  readonly protect?: boolean;
  readonly props?: Readonly<Record<string, unknown>>;
}

const noTags: ReadonlyMap<string, string> = new Map();

/** Properties as the SDK makes them of what comes over the wire: with marks for a remediation, without for a validation. */
const received = (props: Properties, marks: boolean): Properties =>
  unknownCheckingProxy(deserializeProperties({ toJavaScript: () => props }, marks));

function shown({
  type,
  name = "thing",
  protect = false,
  props = {},
  urn = `urn:pulumi:dev::p::${type}::${name}`,
}: Given) {
  const opts = {
    protect,
    ignoreChanges: [],
    aliases: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    additionalSecretOutputs: [],
  };
  const common = {
    type,
    name,
    urn,
    opts,
    isType: () => false,
    asType: () => undefined,
    getConfig: () => ({}) as never,
    stackTags: noTags,
    notApplicable: (): never => {
      throw new Error("not applicable");
    },
  };
  return (marks: boolean) => ({ ...common, props: received(props, marks) });
}

/** What a rule reports of resources, in the engine's order of calls: remediation, validation, the stack. */
export async function reports(
  rule: ResourceValidationPolicy | StackValidationPolicy,
  ...resources: readonly Given[]
): Promise<string[]> {
  const told: string[] = [];
  const report = (message: string): void => void told.push(message);
  if ("validateStack" in rule) {
    const all = resources.map((given) => ({ ...shown(given)(false), dependencies: [], propertyDependencies: {} }));
    const { getConfig, notApplicable } = shown({ type: "stack" })(false);
    await rule.validateStack({ resources: all, getConfig, stackTags: noTags, notApplicable }, report);
    return told;
  }
  for (const given of resources) {
    const args = shown(given);
    await rule.remediateResource?.(args(true));
    for (const validate of [rule.validateResource ?? []].flat()) await validate(args(false), report);
  }
  return told;
}
