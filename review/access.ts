import { type Grant, tenantRoles } from "../plan/access";
import type { EstatePlan } from "../plan/plan";
import type { Change, FieldChange } from "./changes";
import { type Fields, isFields } from "./values";

/** A right: a verb on a resource of an API group. `*` stands for all of them. */
interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? (value as unknown[]).filter((item) => typeof item === "string") : [];

function rightsOfRules(rules: unknown): Right[] {
  return (Array.isArray(rules) ? (rules as unknown[]) : [])
    .filter(isFields)
    .flatMap((rule) =>
      texts(rule["apiGroups"]).flatMap((group) =>
        texts(rule["resources"]).flatMap((resource) => texts(rule["verbs"]).map((verb) => ({ group, resource, verb }))),
      ),
    );
}

const covers = (mine: string, theirs: string): boolean => mine === "*" || mine === theirs;

/** Whether somebody who has `wide` could already do all of `narrow`. */
function covered(narrow: readonly Right[], wide: readonly Right[]): boolean {
  return narrow.every((right) =>
    wide.some(
      (own) => covers(own.group, right.group) && covers(own.resource, right.resource) && covers(own.verb, right.verb),
    ),
  );
}

const everything: readonly Right[] = [{ group: "*", resource: "*", verb: "*" }];

const knownRoles: ReadonlyMap<string, readonly Right[]> = new Map([
  ["cluster-admin", everything],
  ...tenantRoles().map(
    (object) => [object.kind === "ClusterRole" ? object.metadata.name : "", rightsOfRules(object["rules"])] as const,
  ),
]);

/** A role that is not known is only as wide as itself. */
function rightsOf(role: string): readonly Right[] {
  return knownRoles.get(role) ?? [{ group: "role", resource: role, verb: "use" }];
}

/** What a group gets or loses in one namespace, or inside one virtual cluster. */
export interface AccessChange {
  readonly tenant: string;
  readonly group: string;
  /** `dev/payments-dev`, and `dev/payments-dev (inside)` for a virtual cluster. */
  readonly where: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The group may do more than before with something that was there before. */
  readonly widened: boolean;
}

/** Who has which role where, and which namespaces are whose. */
export interface Access {
  readonly grants: readonly Grant[];
  /** Namespaces as `<cluster>/<namespace>`, by tenant. */
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
}

const placeOf = ({ cluster, namespace }: Grant): string => `${cluster}/${namespace}`;
const keyOf = (grant: Grant): string =>
  `${placeOf(grant)}${grant.vcluster === undefined ? "" : " (inside)"}\n${grant.group}`;

/** Reads what a stack shows of itself: its outputs `accessMatrix` and `tenants`. Undefined when it shows neither. */
export function accessOf(outputs: Fields | undefined): Access | undefined {
  const matrix = outputs?.["accessMatrix"];
  const tenants = outputs?.["tenants"];
  if (!Array.isArray(matrix) || !isFields(tenants)) return undefined;
  const grants = (matrix as unknown[]).filter(isFields).map((row): Grant => {
    const word = (key: string): string => (typeof row[key] === "string" ? row[key] : "");
    const place = { group: word("group"), role: word("role"), namespace: word("namespace"), cluster: word("cluster") };
    return row["vcluster"] === undefined ? place : { ...place, vcluster: word("vcluster") };
  });
  const namespaces = Object.entries(tenants).map(([tenant, shown]) => {
    const byEnvironment = isFields(shown) && isFields(shown["namespaces"]) ? shown["namespaces"] : {};
    return [tenant, Object.values(byEnvironment).flatMap(texts)] as const;
  });
  return { grants, namespaces: new Map(namespaces) };
}

/** The same of a plan, for whoever has no preview. */
export function accessOfPlan({ tenants }: Pick<EstatePlan, "tenants">): Access {
  return {
    grants: tenants.flatMap(({ access }) => access),
    namespaces: new Map(
      tenants.map(({ name, homes }) => [
        name,
        homes.map(({ cluster, namespace }) => `${cluster}/${namespace.metadata.name}`),
      ]),
    ),
  };
}

/** What changes in who may do what. Rights of a group in one place are taken together: two narrow roles make a wider one. */
export function compareAccess(before: Access, after: Access): AccessChange[] {
  const owners = new Map(
    [before, after].flatMap(({ namespaces }) =>
      [...namespaces].flatMap(([tenant, places]) => places.map((place) => [place, tenant] as const)),
    ),
  );
  const there = new Set([...before.namespaces.values()].flat());
  const rolesBy = (grants: readonly Grant[]): Map<string, string[]> => {
    const result = new Map<string, string[]>();
    for (const grant of grants) result.set(keyOf(grant), [...(result.get(keyOf(grant)) ?? []), grant.role].sort());
    return result;
  };
  const [old, now] = [rolesBy(before.grants), rolesBy(after.grants)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key): AccessChange[] => {
    const [had, has] = [old.get(key) ?? [], now.get(key) ?? []];
    if (had.join() === has.join()) return [];
    const [where = "", group = ""] = key.split("\n");
    const place = where.replace(/ \(inside\)$/, "");
    return [
      {
        tenant: owners.get(place) ?? "",
        group,
        where,
        before: had,
        after: has,
        widened: there.has(place) && !covered(has.flatMap(rightsOf), had.flatMap(rightsOf)),
      },
    ];
  });
}

/** Types that say who may do what outside the access matrix, and the fields that say it; all of them when none is named. */
const accessTypes: Readonly<Record<string, readonly string[]>> = {
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": ["rules", "aggregationRule"],
  "kubernetes:rbac.authorization.k8s.io/v1:Role": ["rules"],
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": ["roleRef", "subjects"],
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": ["roleRef", "subjects"],
  "vault:index/policy:Policy": ["policy", "name"],
  "vault:jwt/authBackendRole:AuthBackendRole": ["boundSubject", "boundClaims", "boundAudiences", "tokenPolicies"],
  "gitlab:index/groupMembership:GroupMembership": [],
  "gitlab:index/groupShareGroup:GroupShareGroup": [],
  "gitlab:index/groupLdapLink:GroupLdapLink": [],
  "gitlab:index/groupSamlLink:GroupSamlLink": [],
  "gitlab:index/branchProtection:BranchProtection": [],
  "harbor:index/projectMemberGroup:ProjectMemberGroup": [],
  "harbor:index/robotAccount:RobotAccount": ["permissions", "level"],
  "gitlab:index/deployToken:DeployToken": ["scopes"],
  "gitlab:index/projectDeployToken:ProjectDeployToken": ["scopes"],
  "gitlab:index/projectAccessToken:ProjectAccessToken": ["accessLevel", "scopes"],
};

/** `vault:index:Policy` and `vault:index/policy:Policy` are one type: SDKs spell tokens in both ways. */
function fieldsThatSay(type: string): readonly string[] | undefined {
  const short = (token: string): string => token.replace(/^([^:]+):([^:/]+)\/[^:]+:/, "$1:$2:");
  return Object.entries(accessTypes).find(([token]) => token === type || short(token) === short(type))?.[1];
}

/** Whether a resource says who may do what, and is about to say something else. */
export function changesAccess({ type, action, fields }: Change): boolean {
  const says = fieldsThatSay(type);
  if (says === undefined) return false;
  if (action !== "update" && action !== "replace") return true;
  return (
    fields.length === 0 || says.length === 0 || fields.some(({ path }) => says.includes(path.split(/[.[]/)[0] ?? ""))
  );
}

/** Levels of people, from the least on, by the field that says one: GitLab's of a shared group, Harbor's of a member. */
const levels: Readonly<Record<string, readonly string[]>> = {
  groupAccess: ["no one", "minimal", "guest", "planner", "reporter", "developer", "maintainer", "owner"],
  role: ["limitedguest", "guest", "developer", "maintainer", "projectadmin"],
};

/** Whether a field says a lower level than before. One that is not known is no lower. */
function lowers({ path, before, after }: FieldChange): boolean {
  const known = levels[path] ?? [];
  const [old, now] = [known.indexOf(String(before)), known.indexOf(String(after))];
  return now >= 0 && now < old;
}

const roleOf = (state: Change["before"]): string | undefined => {
  const ref = state?.inputs["roleRef"];
  return isFields(ref) && typeof ref["name"] === "string" ? ref["name"] : undefined;
};

/** Whether a binding that stays as it is but for its role gives one that could do no more than the one before. */
function bindsLess({ type, fields, before, after }: Change): boolean {
  const roleAlone = fields.length > 0 && fields.every(({ path }) => path === "roleRef.name");
  if (!type.endsWith(":RoleBinding") || !roleAlone) return false;
  const [old, now] = [roleOf(before), roleOf(after)];
  return old !== undefined && now !== undefined && covered(rightsOf(now), rightsOf(old));
}

/** Types by which people, and not machines, come to something that is there. */
const peopleTypes =
  /:(?:GroupMembership|GroupShareGroup|GroupLdapLink|GroupSamlLink|ProjectMemberGroup|ClusterRoleBinding)$/;

/**
 * Whether a resource that says who may do what gives more than it did. `fresh` are tenants that were not there: what they get
 * is their own. `deleted` are names of what goes: a protection goes with its project. Rules of Kubernetes and levels of people are
 * compared; of the rest a change is taken for more, so the answer errs towards `true`.
 */
export function resourceWidens(
  change: Change,
  { fresh, deleted }: { readonly fresh: ReadonlySet<string>; readonly deleted: readonly string[] },
): boolean {
  if (!changesAccess(change) || (change.tenant !== undefined && fresh.has(change.tenant))) return false;
  switch (change.action) {
    case "delete":
    case "forget":
      // What a protection kept from people, they may do when it goes.
      return change.type.endsWith(":BranchProtection") && !deleted.some((name) => change.name.startsWith(`${name}-`));
    case "create":
    case "adopt":
      return peopleTypes.test(change.type);
    case "update":
    case "replace":
    case "keep":
      if (bindsLess(change)) return false;
      if (peopleTypes.test(change.type) && change.fields.length > 0 && change.fields.every(lowers)) return false;
      if (!/^kubernetes:.*:(?:Cluster)?Role$/.test(change.type)) return true;
      return !covered(rightsOfRules(change.after?.inputs["rules"]), rightsOfRules(change.before?.inputs["rules"]));
  }
}
