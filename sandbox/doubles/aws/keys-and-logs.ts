import { randomUUID } from "node:crypto";
import { numberOr, textOr } from "../framework/bridge/fields";
import { refuseKeyPolicy } from "./iam";
import { AwsError, type Behaviour } from "./simulate";

export const key = "aws:kms/key:Key";
export const logGroup = "aws:cloudwatch/logGroup:LogGroup";

/** Days that CloudWatch can keep logs for; 0 is for ever. */
const retentions = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]; // prettier-ignore

/** KMS and CloudWatch's logs. */
export const keysAndLogs: Readonly<Record<string, Behaviour>> = {
  [key]: {
    service: "KMS",
    what: "Key",
    replaces: ["keyUsage", "customerMasterKeySpec", "multiRegion", "customKeyStoreId"],
    // The alias points at a key that is on its way out, until it is given to another.
    takesAlong: ["aws:kms/alias:Alias"],
    id: () => randomUUID(),
    refuse: (inputs) => {
      const days = numberOr(inputs, "deletionWindowInDays", 30);
      if (days < 7 || days > 30)
        throw new AwsError("ValidationException", `deletionWindowInDays is 7 to 30, not ${days}`);
      refuseKeyPolicy(inputs);
    },
    outputs: (inputs, { id, account }) => ({
      keyId: id,
      arn: account.arn("kms", `key/${id}`),
      multiRegion: inputs["multiRegion"] === true,
      ...(inputs["enableKeyRotation"] === true
        ? { rotationPeriodInDays: numberOr(inputs, "rotationPeriodInDays", 365) }
        : {}),
    }),
  },
  "aws:kms/alias:Alias": {
    service: "KMS",
    what: "Alias",
    replaces: ["name", "namePrefix"],
    references: [{ at: "targetKeyId", to: key }],
    notFound: "NotFoundException",
    id: (inputs) => textOr(inputs, "name", ""),
    refuse: (inputs) => {
      const name = textOr(inputs, "name", "");
      if (!/^alias\/(?!aws\/)[\w/-]+$/.test(name))
        throw new AwsError("ValidationException", `'${name}' is no name of an alias`);
    },
    outputs: (inputs, { id, account }) => ({
      arn: account.arn("kms", id),
      targetKeyArn: account.arn("kms", `key/${textOr(inputs, "targetKeyId", "")}`),
    }),
  },
  [logGroup]: {
    service: "CloudWatch Logs",
    what: "Log Group",
    replaces: ["name", "namePrefix", "logGroupClass"],
    autoname: true,
    id: (inputs) => textOr(inputs, "name", ""),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "name", "");
      if (old === undefined && account.find(logGroup, name) !== undefined)
        throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
      const days = numberOr(inputs, "retentionInDays", 0);
      if (!retentions.includes(days))
        throw new AwsError("InvalidParameterException", `retentionInDays ${days} is none of ${retentions.join(", ")}`);
    },
    outputs: (_inputs, { id, account }) => ({
      arn: account.arn("logs", `log-group:${id}`),
      logGroupClass: "STANDARD",
      deletionProtectionEnabled: false,
    }),
  },
};
