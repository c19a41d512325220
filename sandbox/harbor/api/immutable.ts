import { badRequest, conflict, notFound } from "../refusal";
import { created, idParam, ok, paged, route, type Call, type Route } from "../route";
import { ruleKey, ruleOf, ruleView } from "../rule";
import type { ImmutableRule, Project } from "../state";
import { projectOf } from "./projects";

const path = "/projects/:project/immutabletagrules";

export const immutableRoutes: readonly Route[] = [
  route("POST", path, (call) => {
    const { state, store } = call.harbor;
    const project = projectOf(call, "immutable-tag", "create");
    // A rule is always made enabled: disabling it takes a PUT.
    const rule = { ...ruleOf(call.body), disabled: false };
    const twin = state.immutableRules.some((each) => each.projectId === project.id && ruleKey(each) === ruleKey(rule));
    if (twin) throw conflict("the immutable tag rule already exists in the project");
    const made: ImmutableRule = { ...rule, id: store.nextId("immutable"), projectId: project.id };
    state.immutableRules.push(made);
    return created(call, made.id);
  }),
  route("GET", path, (call) => {
    const project = projectOf(call, "immutable-tag", "list");
    const rules = call.harbor.state.immutableRules.filter(({ projectId }) => projectId === project.id);
    return paged(
      call,
      rules.map((rule) => ({ ...ruleView(rule, rule.id), project_id: project.id })),
    );
  }),
  route("PUT", `${path}/:id`, (call) => {
    const project = projectOf(call, "immutable-tag", "update");
    if (call.body.integer("id") !== idParam(call, "id")) {
      throw badRequest("the immutable_rule_id doesn't match the id in the payload body of ImmutableRule");
    }
    const old = find(call, project);
    const rule: ImmutableRule = { ...ruleOf(call.body), id: old.id, projectId: project.id };
    call.harbor.state.immutableRules = call.harbor.state.immutableRules.map((each) =>
      each.id === old.id ? rule : each,
    );
    return ok();
  }),
  route("DELETE", `${path}/:id`, (call) => {
    const { id } = find(call, projectOf(call, "immutable-tag", "delete"));
    call.harbor.state.immutableRules = call.harbor.state.immutableRules.filter((each) => each.id !== id);
    return ok();
  }),
];

function find(call: Call, project: Project): ImmutableRule {
  const id = idParam(call, "id");
  const rule = call.harbor.state.immutableRules.find((each) => each.id === id && each.projectId === project.id);
  if (rule === undefined) throw notFound(`the immutable rule ${String(id)} of project ${project.name} not found`);
  return rule;
}
