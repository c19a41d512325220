import { textOr } from "../framework/bridge/fields";
import { isList, isMap, type Json, type JsonMap } from "../framework/value";
import { refuseTaken } from "./databases";
import { refuseRepositoryPolicy } from "./iam";
import { AwsError, type Behaviour } from "./simulate";

/** A repository of ECR. */
export const repository = "aws:ecr/repository:Repository";
const lifecycle = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
const policy = "aws:ecr/repositoryPolicy:RepositoryPolicy";

const invalid = (what: string): AwsError => new AwsError("InvalidParameterException", what);

/** What is said of a repository on its own: it is the repository's, and goes with it. */
function side(what: string, refuse: (text: string) => void): Behaviour {
  return {
    service: "ECR",
    what,
    replaces: ["repository"],
    references: [{ at: "repository", to: repository }],
    notFound: "RepositoryNotFoundException",
    id: (inputs) => textOr(inputs, "repository", ""),
    refuse: (inputs) => refuse(textOr(inputs, "policy", "")),
    outputs: (_inputs, { account }) => ({ registryId: account.id }),
  };
}

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

/** Whether a rule selects as ECR knows it. */
function isSound(rule: Json): rule is JsonMap {
  if (!isMap(rule) || typeof rule["rulePriority"] !== "number" || !isMap(rule["selection"])) return false;
  const { tagStatus, countType, countUnit, countNumber } = rule["selection"];
  const counts =
    (countType === "imageCountMoreThan" && countUnit === undefined) ||
    (countType === "sinceImagePushed" && countUnit === "days");
  const tags = tagStatus === "any" || tagStatus === "untagged" || tagStatus === "tagged";
  const action = rule["action"];
  return (
    counts && tags && typeof countNumber === "number" && countNumber > 0 && isMap(action) && action["type"] === "expire"
  );
}

function refuseLifecycle(text: string): void {
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch {
    throw invalid("Lifecycle policy validation failure: it is no JSON");
  }
  const rules = listOf(isMap(document) ? document["rules"] : undefined);
  if (rules.length === 0 || !rules.every(isSound))
    throw invalid("Lifecycle policy validation failure: string does not match the schema of rules");
  const sound = rules.filter(isSound);
  const priorities = sound.map((rule) => Number(rule["rulePriority"]));
  if (new Set(priorities).size < priorities.length)
    throw invalid("Lifecycle policy validation failure: rulePriority is not unique");
  const forAny = sound.find((rule) => isMap(rule["selection"]) && rule["selection"]["tagStatus"] === "any");
  if (forAny !== undefined && Number(forAny["rulePriority"]) < Math.max(...priorities))
    throw invalid("Lifecycle policy validation failure: a rule with tagStatus any must have the lowest priority");
}

/** Repositories, without anything in them. */
export const repositories: Readonly<Record<string, Behaviour>> = {
  [repository]: {
    service: "ECR",
    what: "Repository",
    replaces: ["name", "encryptionConfigurations"],
    autoname: true,
    takesAlong: [lifecycle, policy],
    id: (inputs) => textOr(inputs, "name", ""),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "name", "");
      // The form of the API's reference, written again: what is tried here must not be held to itself.
      if (
        name.length < 2 ||
        name.length > 256 ||
        !/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name)
      )
        throw invalid(`Invalid parameter at 'repositoryName' failed to satisfy constraint: '${name}'`);
      refuseTaken(repository, name, account, old !== undefined, "RepositoryAlreadyExistsException");
      const tags = textOr(inputs, "imageTagMutability", "MUTABLE");
      if (!["MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"].includes(tags))
        throw invalid(`'${tags}' is no imageTagMutability`);
      for (const encryption of listOf(inputs["encryptionConfigurations"])) {
        const kind = isMap(encryption) ? encryption["encryptionType"] : undefined;
        if (kind === "AES256" && isMap(encryption) && encryption["kmsKey"] !== undefined)
          throw invalid("KMS key must not be specified for encryption type AES256");
        if (kind !== undefined && !["AES256", "KMS", "KMS_DSSE"].includes(textOr({ kind }, "kind", "")))
          throw invalid(`'${JSON.stringify(kind)}' is no encryptionType`);
      }
    },
    outputs: (inputs, { id, account }) => ({
      arn: account.arn("ecr", `repository/${id}`),
      registryId: account.id,
      repositoryUrl: `${account.id}.dkr.ecr.${account.region}.amazonaws.com/${id}`,
      imageTagMutability: textOr(inputs, "imageTagMutability", "MUTABLE"),
    }),
  },
  [lifecycle]: side("Lifecycle Policy", refuseLifecycle),
  [policy]: side("Repository Policy", refuseRepositoryPolicy),
};
