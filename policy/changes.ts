import { dataOf } from "./data-kinds";

/** One step of `pulumi preview --json`, as far as it is read here. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: { readonly type?: string; readonly inputs?: Readonly<Record<string, unknown>> };
}

/** Something that a preview would take away with the data in it. */
export interface Loss {
  /** The logical name, by which it is allowed. */
  readonly name: string;
  readonly urn: string;
  readonly how: "deleted" | "replaced";
  /** What is lost with it. */
  readonly data: string;
}

/** Steps that end what was there. A replacement is told by several steps; each is one of a kind in one preview. */
const ends: Readonly<Record<string, Loss["how"]>> = {
  delete: "deleted",
  replace: "replaced",
  "delete-replaced": "replaced",
  "create-replacement": "replaced",
};

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/**
 * What a preview would delete or replace of what holds data. A policy cannot know: the engine shows it what is to be, and never
 * what was. The engine itself stops what is protected; this tells the rest, too, and what was protected until this change.
 */
export function losses(steps: readonly Step[]): readonly Loss[] {
  const found = steps.flatMap(({ op, urn, oldState }): Loss[] => {
    const how = ends[op];
    const data = dataOf({ type: oldState?.type ?? "", props: oldState?.inputs ?? {} });
    return how === undefined || data === undefined ? [] : [{ name: nameOf(urn), urn, how, data }];
  });
  return [...new Map(found.map((loss) => [loss.urn, loss])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Losses of which nobody has said that they are meant, and names that were allowed and are not lost. */
export function judged(
  found: readonly Loss[],
  allowed: readonly string[],
): { readonly refused: readonly Loss[]; readonly idle: readonly string[] } {
  return {
    refused: found.filter(({ name }) => !allowed.includes(name)),
    idle: allowed.filter((name) => !found.some((loss) => loss.name === name)),
  };
}
