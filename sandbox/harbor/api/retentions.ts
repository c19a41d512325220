import type { Fields } from "../fields";
import type { Harbor } from "../harbor";
import { badRequest, conflict, notFound, unauthorized } from "../refusal";
import { created, idParam, ok, route, type Call, type Route } from "../route";
import { ruleKey, ruleOf, ruleView } from "../rule";
import type { Project, Retention, RuleBody } from "../state";

const templates = new Set(["always", "latestPushedK", "latestPulledN", "nDaysSinceLastPush", "nDaysSinceLastPull"]);

/**
 * A project has at most one policy and keeps its id in the metadata as text. The rules are kept and shown; the sandbox
 * does not carry them out.
 */
export const retentionRoutes: readonly Route[] = [
  route("POST", "/retentions", (call) => {
    const { harbor, body } = call;
    const project = scopeOf(call, "create");
    const rules = rulesOf(body);
    const trigger = triggerOf(body);
    const old = project.metadata["retention_id"];
    if (old !== undefined) throw badRequest(`project ${String(project.id)} already has retention policy ${old}`);
    const retention: Retention = {
      id: harbor.store.nextId("retention"),
      projectId: project.id,
      algorithm: body.text("algorithm") ?? "or",
      trigger,
      rules,
    };
    harbor.state.retentions.push(retention);
    project.metadata = { ...project.metadata, retention_id: String(retention.id) };
    return created(call, retention.id);
  }),
  route("GET", "/retentions/:id", (call) => {
    const retention = find(call);
    call.harbor.requireProject(call.who, String(retention.projectId), "tag-retention", "read");
    return ok({
      id: retention.id,
      algorithm: retention.algorithm,
      rules: retention.rules.map(ruleView),
      trigger: retention.trigger,
      scope: { level: "project", ref: retention.projectId },
    });
  }),
  route("PUT", "/retentions/:id", (call) => {
    const { body } = call;
    const rules = rulesOf(body);
    const trigger = triggerOf(body);
    const project = scopeOf(call, "update");
    const id = idParam(call, "id");
    if (project.metadata["retention_id"] !== String(id)) {
      throw notFound(`the retention policy id ${String(id)} does not match`);
    }
    const retention = find(call);
    retention.rules = rules;
    retention.algorithm = body.text("algorithm") ?? retention.algorithm;
    retention.trigger = trigger;
    return ok();
  }),
];

function scopeOf({ harbor, body, who }: Call, action: string): Project {
  const scope = body.object("scope");
  const reference = scope?.integer("ref") ?? 0;
  if (who.kind === "anonymous") throw unauthorized();
  if (scope?.text("level") !== "project") throw badRequest(`scope ${scope?.text("level") ?? ""} is not support`);
  if (!harbor.state.projects.some(({ id }) => id === reference)) {
    throw badRequest(`invalid Project id ${String(reference)}`);
  }
  return harbor.requireProject(who, String(reference), "tag-retention", action);
}

function rulesOf(body: Fields): RuleBody[] {
  const rules = body.objects("rules").map(ruleOf);
  if (rules.length > 15) throw badRequest("only 15 rules are allowed at most");
  const seen = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    if (rule.action !== "retain" || !templates.has(rule.template)) {
      throw badRequest(`unknown rule: ${rule.action} ${rule.template}`);
    }
    const twin = seen.get(ruleKey(rule));
    if (twin !== undefined) throw conflict(`rule ${String(index)} is conflict with rule ${String(twin)}`);
    seen.set(ruleKey(rule), index);
  }
  return rules;
}

function triggerOf(body: Fields): Readonly<Record<string, unknown>> {
  const trigger = body.object("trigger");
  const cron = trigger?.object("settings")?.text("cron") ?? "";
  if (cron !== "" && cron.trim().split(/\s+/).length !== 6) throw badRequest(`invalid cron: "${cron}"`);
  return trigger?.value ?? { kind: "Schedule", settings: { cron: "" } };
}

function find(call: Call): Retention {
  if (call.who.kind === "anonymous") throw unauthorized();
  const id = idParam(call, "id");
  const retention = retentionById(call.harbor, id);
  if (retention === undefined) throw notFound(`retention policy ${String(id)} not found`);
  return retention;
}

const retentionById = ({ state }: Harbor, id: number): Retention | undefined =>
  state.retentions.find((each) => each.id === id);
