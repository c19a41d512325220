import type { Guardrail } from "./guardrail";
import { account, isOneOf, notCleaner, notPlatform } from "./platform";
import { policy } from "./policy";

/**
 * Argo CD's own accounts, as its chart calls them: the controller writes what it did, the generator of ApplicationSets makes
 * Applications, and the server what people may do by their project's roles.
 */
const argocdAccounts = ["argocd-application-controller", "argocd-applicationset-controller", "argocd-server"].map(
  (name) => account("argocd", name),
);

const imageUpdater = account("argocd", "argocd-image-updater");

/** Those that tell of deliveries; one for each home, and nobody else has such names. */
const isNotifier = 'request.userInfo.username.startsWith("system:serviceaccount:argocd:notifications-")';

/** What others note on an object in passing, without a word of what it does: a finalizer, what was told already. */
const sameMeaning = [
  'request.operation == "UPDATE"',
  "object.spec == oldObject.spec",
  "object.?operation == oldObject.?operation",
  "object.?status == oldObject.?status",
  "object.metadata.?labels == oldObject.metadata.?labels",
].join(" && ");

/**
 * What Argo CD does, it does by these objects alone: a project is what a tenant may do, an Application where it goes, and a set of
 * them reaches whatever its selector finds (threats 27 to 29). An ImageUpdater names the Application whose repository it writes to and
 * the Secret that it takes for it. They are the platform's, in any namespace and whoever was given rights there.
 */
export const argoObjects: Guardrail = {
  name: "argo-objects",
  summary: "Applications, ApplicationSets, AppProjects and ImageUpdaters are the platform's alone, in every namespace",
  always: "a project is what a tenant may do",
  objects: policy({
    name: "argo-objects",
    where: "everywhere",
    rules: [
      {
        groups: ["argoproj.io"],
        resources: ["applications", "applicationsets", "appprojects"],
        operations: ["CREATE", "UPDATE", "DELETE"],
      },
      {
        groups: ["argocd-image-updater.argoproj.io"],
        resources: ["imageupdaters"],
        operations: ["CREATE", "UPDATE", "DELETE"],
      },
    ],
    when: {
      "not-the-platform": notPlatform,
      "not-a-cleaner": notCleaner,
      "not-its-controllers": `request.resource.group != "argoproj.io" || !(${isOneOf(argocdAccounts)})`,
      "not-a-note": `!((request.resource.resource == "applications" && ${isNotifier} || request.resource.resource == "imageupdaters" && ${isOneOf([imageUpdater])}) && ${sameMeaning})`,
    },
    demands: [
      {
        expression: "false",
        message: "applications and projects are the platform's: change the tenant's file, and they follow",
      },
    ],
  }),
};
