import { matchesName } from "../git/protection";
import type { Project, State, Variable } from "../model";
import { lineage } from "../namespaces";

/** The variables a job sees: its groups', then its project's; protected ones on protected refs only; by environment. */
export function visibleVariables(
  state: State,
  project: Project,
  job: { readonly isProtected: boolean; readonly environment: string | undefined },
): Variable[] {
  const groups = lineage(state, project.namespaceId).map((group) => group.id);
  const from = [
    ...groups.reverse().map((id) => ({ source: "group" as const, id })),
    { source: "project" as const, id: project.id },
  ];
  const found = new Map<string, Variable>();
  for (const { source, id } of from) {
    const own = state.variables
      .filter((each) => each.source === source && each.sourceId === id)
      .filter((each) => !each.protected || job.isProtected)
      .filter((each) => fits(each.environmentScope, job.environment))
      // The narrower scope wins over the wider one of the same place.
      .sort((a, b) => weight(a.environmentScope) - weight(b.environmentScope));
    for (const each of own) found.set(each.key, each);
  }
  return [...found.values()];
}

const fits = (scope: string, environment: string | undefined): boolean =>
  scope === "*" || (environment !== undefined && matchesName(scope, environment));

const weight = (scope: string): number =>
  scope === "*" ? 0 : scope.includes("*") ? scope.length : 1_000 + scope.length;
