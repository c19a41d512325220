import { submap } from "../framework/bridge/fields";
import type { Input } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { isNotFound } from "./api";
import type { Session } from "./session";
import { changed, each, fromWire, toWire } from "./wire";

const rules = {
  ...each(`authorEmailRegex branchNameRegex commitMessageNegativeRegex commitMessageRegex fileNameRegex`, {
    type: "string",
  }),
  ...each(
    `commitCommitterCheck commitCommitterNameCheck denyDeleteTag memberCheck preventSecrets rejectNonDcoCommits
     rejectUnsignedCommits`,
    { type: "boolean" },
  ),
  maxFileSize: { type: "integer" },
} as const;

const NAMES = Object.keys(rules);

/** What pushes must be like: the same block in groups and in projects. */
export const pushRulesInput: Input = { type: { object: rules }, computed: true };

/** Writes the push rules if they are given: changes those that are there, else makes some. */
export async function writePushRules({ api }: Session, path: string, news: JsonMap, olds: JsonMap = {}): Promise<void> {
  if (news["pushRules"] === undefined || !changed({ pushRules: pushRulesInput }, ["pushRules"], olds, news)) return;
  const body = toWire(rules, NAMES, submap(news, "pushRules"), submap(olds, "pushRules"));
  const target = `${path}/push_rule`;
  try {
    const found = await api.find(target);
    if (found?.["id"] === undefined) await api.post(target, body);
    else await api.put(target, body);
  } catch (error) {
    if (isNotFound(error))
      throw new Error("push rules are not supported: they need GitLab Premium or Ultimate", { cause: error });
    throw error;
  }
}

/** The push rules that are there, if they are asked for; servers without them say 404. */
export async function readPushRules({ api }: Session, path: string, prior: JsonMap): Promise<JsonMap> {
  const found = await api.find(`${path}/push_rule`);
  if (prior["pushRules"] === undefined) return {};
  return { pushRules: found === undefined ? null : fromWire(rules, NAMES, found, submap(prior, "pushRules")) };
}
