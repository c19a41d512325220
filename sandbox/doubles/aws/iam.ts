import { createHash } from "node:crypto";
import { textOr } from "../framework/bridge/fields";
import { isList, isMap, type Json, type JsonMap } from "../framework/value";
import { AwsError, type Behaviour } from "./simulate";

/** A role. */
export const role = "aws:iam/role:Role";

const digits = (text: string, length: number): string =>
  BigInt(`0x${createHash("sha256").update(text).digest("hex")}`)
    .toString()
    .slice(0, length);
const letters = (text: string, length: number): string =>
  createHash("sha256").update(text).digest("hex").toUpperCase().slice(0, length);

/** Refuses what IAM's parser refuses. Whether principals exist is not looked at. */
function refuseDocument(text: string, most: number, trust: boolean): void {
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch {
    throw new AwsError("MalformedPolicyDocument", "This policy contains invalid Json");
  }
  if (text.replace(/\s/g, "").length > most)
    throw new AwsError("LimitExceeded", `Cannot exceed quota for policy size: ${most}`);
  const statements = isMap(document) ? document["Statement"] : undefined;
  for (const statement of isList(statements) ? statements : [null]) {
    const sound =
      isMap(statement) &&
      (statement["Effect"] === "Allow" || statement["Effect"] === "Deny") &&
      statement["Action"] !== undefined &&
      (trust ? statement["Principal"] !== undefined : statement["Resource"] !== undefined);
    if (!sound) throw new AwsError("MalformedPolicyDocument", "Syntax errors in policy.");
  }
}

const iam = { service: "IAM" } as const;
const provider = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";
const onRole = { at: "role", to: role };

/** Identity and access. */
export const identity: Readonly<Record<string, Behaviour>> = {
  [role]: {
    ...iam,
    what: "Role",
    replaces: ["name", "namePrefix", "path"],
    autoname: true,
    id: (inputs) => textOr(inputs, "name", ""),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "name", "");
      if (!/^[\w+=,.@-]{1,64}$/.test(name))
        throw new AwsError(
          "ValidationError",
          `1 validation error detected: Value '${name}' at 'roleName' failed to satisfy constraint: at most 64 characters of [\\w+=,.@-]`,
        );
      if (old === undefined && account.find(role, name) !== undefined)
        throw new AwsError("EntityAlreadyExists", `Role with name ${name} already exists.`);
      refuseDocument(textOr(inputs, "assumeRolePolicy", ""), 2048, true);
    },
    outputs: (inputs, { id, account, old }) => ({
      arn: account.globalArn("iam", `role${textOr(inputs, "path", "/")}${id}`),
      uniqueId: `AROA${letters(id, 17)}`,
      createDate: old?.["createDate"] ?? new Date().toISOString(),
      managedPolicyArns: [],
      inlinePolicies: [],
    }),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    ...iam,
    what: "Role Policy Attachment",
    replaces: ["role", "policyArn"],
    references: [onRole],
    notFound: "NoSuchEntity",
    id: (inputs) => `${textOr(inputs, "role", "")}-${digits(textOr(inputs, "policyArn", ""), 17)}`,
    refuse: (inputs) => {
      const arn = textOr(inputs, "policyArn", "");
      if (!/^arn:aws[\w-]*:iam::(aws|\d{12}):policy\/.+/.test(arn))
        throw new AwsError("ValidationError", `Value '${arn}' at 'policyArn' is not the ARN of a policy`);
    },
    outputs: () => ({}),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    ...iam,
    what: "Role Policy",
    replaces: ["role", "name", "namePrefix"],
    autoname: true,
    references: [onRole],
    notFound: "NoSuchEntity",
    id: (inputs) => `${textOr(inputs, "role", "")}:${textOr(inputs, "name", "")}`,
    refuse: (inputs) => refuseDocument(textOr(inputs, "policy", ""), 10_240, false),
    outputs: () => ({}),
  },
  "aws:iam/policy:Policy": {
    ...iam,
    what: "Policy",
    replaces: ["name", "namePrefix", "path", "description"],
    autoname: true,
    id: (inputs, account) =>
      account.globalArn("iam", `policy${textOr(inputs, "path", "/")}${textOr(inputs, "name", "")}`),
    refuse: (inputs) => refuseDocument(textOr(inputs, "policy", ""), 6144, false),
    outputs: (_inputs, { id }) => ({ arn: id, policyId: `ANPA${letters(id, 17)}`, attachmentCount: 0 }),
  },
  [provider]: {
    ...iam,
    what: "OIDC Provider",
    replaces: ["url"],
    id: (inputs, account) =>
      account.globalArn("iam", `oidc-provider/${textOr(inputs, "url", "").replace(/^https:\/\//, "")}`),
    refuse: (inputs, account, old) => {
      const url = textOr(inputs, "url", "");
      if (!url.startsWith("https://")) throw new AwsError("ValidationError", "Invalid Open ID Connect Provider URL");
      if (old === undefined && account.all(provider).some(({ state }) => state["url"] === url))
        throw new AwsError("EntityAlreadyExists", `Provider with url ${url} already exists.`);
    },
    outputs: (_inputs, { id }) => ({ arn: id, thumbprintLists: [letters(id, 40).toLowerCase()] }),
  },
};

/** The text of a policy that S3 takes. */
export function refuseBucketPolicy(text: string): void {
  refuseDocument(text, 20_480, true);
}

/** The text of a policy that ECR takes: of one repository, so none is named in it. */
export function refuseRepositoryPolicy(text: string): void {
  refuseDocument(text, 10_240, true);
  const document = JSON.parse(text) as JsonMap;
  const statements = isList(document["Statement"]) ? document["Statement"] : [];
  if (statements.some((statement) => isMap(statement) && statement["Resource"] !== undefined))
    throw new AwsError(
      "InvalidParameterException",
      "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
    );
}

/** The text of a policy that KMS takes. */
export function refuseKeyPolicy(inputs: JsonMap): void {
  const text = textOr(inputs, "policy", "");
  if (text !== "") refuseDocument(text, 32_768, true);
}
