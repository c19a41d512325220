import { readSettings } from "../../config/settings";
import { stacksOf } from "../../config/stack-file";
import { builtin } from "../../features";
import { EstateError } from "../../model/problem";

/** The stacks of a project, in the order in which they are raised: those of one list go side by side. */
export interface StackOrder {
  /** Platforms, and stacks of everything. */
  readonly first: readonly string[];
  /** Tenants, which stand on a platform. */
  readonly then: readonly string[];
}

/** Reads the order of a project's stacks from their files; `only` leaves out all others. */
export function stackOrder(projectDir: string, only?: readonly string[]): StackOrder {
  const stacks = stacksOf(projectDir).filter((stack) => only === undefined || only.includes(stack));
  const scopes = stacks.map((stack) => {
    const { settings, problems } = readSettings({ projectDir, stack, features: builtin });
    if (settings === undefined) throw new EstateError(problems);
    return { stack, tenants: settings.scope === "tenants" };
  });
  return {
    first: scopes.filter(({ tenants }) => !tenants).map(({ stack }) => stack),
    then: scopes.filter(({ tenants }) => tenants).map(({ stack }) => stack),
  };
}
