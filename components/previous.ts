import * as pulumi from "@pulumi/pulumi";

/** This stack as the engine calls stacks. */
function thisStack(): string {
  return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/** Asks the engine itself: no resource comes of it, as it would of a StackReference. */
async function ask(token: string, args: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>> {
  const { outputs } = (await pulumi.runtime.invoke(`pulumi:pulumi:${token}`, args)) as {
    readonly outputs?: Readonly<Record<string, unknown>>;
  };
  return outputs ?? {};
}

/** The outputs of this stack after its last whole run; none before the first. */
export function previousOutputs(): Promise<Readonly<Record<string, unknown>>> {
  return ask("readStackOutputs", { name: thisStack() });
}

/**
 * The tenants of which this stack's state holds something. Slower than outputs, and right where those are behind: after
 * tenants have moved to another stack.
 */
export async function tenantsInState(): Promise<ReadonlySet<string>> {
  const urns = Object.keys(await ask("readStackResourceOutputs", { stackName: thisStack() }));
  return new Set(urns.flatMap((urn) => /::estate:index:Tenant::tenant-(.+)$/.exec(urn)?.[1] ?? []));
}
