import { groupOf, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { created, noContent, ok, page } from "../http/reply";
import { conflict, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { SourceKind, Variable } from "../model";

const body = (variable: Variable): Record<string, unknown> => ({
  variable_type: variable.variableType,
  key: variable.key,
  // Hidden means that nobody reads it back, whoever they are.
  value: variable.hidden ? null : variable.value,
  hidden: variable.hidden,
  protected: variable.protected,
  masked: variable.masked,
  raw: variable.raw,
  environment_scope: variable.environmentScope,
  description: variable.description,
});

const sourceId = (call: Call, kind: SourceKind): number =>
  kind === "group" ? groupOf(call, level.owner).id : projectOf(call, level.maintainer).id;

const variablesOf = (call: Call, kind: SourceKind): Variable[] => {
  const id = sourceId(call, kind);
  return call.state.variables.filter((each) => each.source === kind && each.sourceId === id);
};

/** What a runner can mask in a log: one word of eight characters or more, of a small alphabet unless it is raw. */
const canBeMasked = (value: string, raw: boolean): boolean =>
  raw ? /^\S{8,}$/.test(value) : /^[a-zA-Z0-9_+=/@:.~-]{8,}$/.test(value);

function check(variable: Variable): void {
  if (!/^[A-Za-z0-9_]{1,255}$/.test(variable.key)) {
    throw invalid({ key: ["can contain only letters, digits and '_'."] });
  }
  if (variable.hidden && !variable.masked) throw invalid({ masked: ["should be true when variable is hidden"] });
  if (variable.masked && !canBeMasked(variable.value, variable.raw)) throw invalid({ value: ["is invalid"] });
  if (!/^[\w*/${}.\- ]{1,255}$/.test(variable.environmentScope)) {
    throw invalid({
      environment_scope: ["can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and spaces"],
    });
  }
}

/** Group variables have scopes only with a licence. */
const readScope = (call: Call, kind: SourceKind): string | undefined =>
  kind === "group" && call.gitlab.edition === "ce" ? undefined : call.params.text("environment_scope");

function checkUnique(all: readonly Variable[], variable: Variable): void {
  const same = all.some(
    (each) => each !== variable && each.key === variable.key && each.environmentScope === variable.environmentScope,
  );
  if (same) throw invalid({ key: [`(${variable.key}) has already been taken`] });
}

function create(call: Call, kind: SourceKind): Variable {
  const all = variablesOf(call, kind);
  const { params } = call;
  const hidden = params.flag("masked_and_hidden") ?? params.flag("hidden") ?? false;
  const variable: Variable = {
    source: kind,
    sourceId: sourceId(call, kind),
    key: params.filledText("key"),
    value: params.requiredText("value"),
    variableType: params.choice("variable_type", ["env_var", "file"]) ?? "env_var",
    protected: params.flag("protected") ?? false,
    masked: params.flag("masked_and_hidden") === true || (params.flag("masked") ?? false),
    hidden,
    raw: params.flag("raw") ?? false,
    environmentScope: readScope(call, kind) ?? "*",
    description: params.text("description") ?? null,
  };
  check(variable);
  checkUnique(all, variable);
  call.state.variables.push(variable);
  return variable;
}

function wanted(call: Call, kind: SourceKind): Variable {
  const scope = call.params.object("filter")?.text("environment_scope");
  const found = variablesOf(call, kind).filter(
    (each) => each.key === call.path["key"] && (scope === undefined || each.environmentScope === scope),
  );
  if (found.length > 1) {
    throw conflict("There are multiple variables with provided parameters. Please use 'filter[environment_scope]'");
  }
  const [variable] = found;
  if (variable === undefined) throw notFound(kind === "group" ? "GroupVariable" : "Variable");
  return variable;
}

function change(call: Call, kind: SourceKind): Variable {
  const variable = wanted(call, kind);
  const { params } = call;
  if (variable.hidden && params.flag("masked") === false) {
    throw invalid({ base: ["The visibility setting cannot be changed for masked and hidden variables."] });
  }
  const next: Variable = {
    ...variable,
    value: params.text("value") ?? variable.value,
    variableType: params.choice("variable_type", ["env_var", "file"]) ?? variable.variableType,
    protected: params.flag("protected") ?? variable.protected,
    masked: params.flag("masked") ?? variable.masked,
    raw: params.flag("raw") ?? variable.raw,
    environmentScope: readScope(call, kind) ?? variable.environmentScope,
    description: params.has("description") ? (params.text("description") ?? null) : variable.description,
  };
  check(next);
  checkUnique(
    variablesOf(call, kind).filter((each) => each !== variable),
    next,
  );
  return Object.assign(variable, next);
}

const routesOf = (kind: SourceKind): readonly Route[] => {
  const at = `${kind}s/:id/variables`;
  return [
    {
      method: "GET",
      pattern: at,
      handle: (call) => page(call.params, variablesOf(call, kind).map(body), call.address),
    },
    { method: "POST", pattern: at, handle: (call) => created(body(create(call, kind))) },
    { method: "GET", pattern: `${at}/:key`, handle: (call) => ok(body(wanted(call, kind))) },
    { method: "PUT", pattern: `${at}/:key`, handle: (call) => ok(body(change(call, kind))) },
    {
      method: "DELETE",
      pattern: `${at}/:key`,
      handle: (call) => {
        const variable = wanted(call, kind);
        call.state.variables = call.state.variables.filter((each) => each !== variable);
        return noContent();
      },
    },
  ];
};

/** CI variables of projects and groups. */
export const variables: readonly Route[] = [...routesOf("project"), ...routesOf("group")];
