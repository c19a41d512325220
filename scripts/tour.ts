import type { Manifest } from "@estate/clients";
import { isRecord } from "@estate/clients";
import { imageRepository } from "../model/names";
import { deployment } from "./live/deployment";
import { GitLabSide } from "./live/gitlab";
import { readyOf, type LiveEstate, type LiveHome } from "./live/home";
import { runPipeline } from "./live/pipeline";
import { rebuild } from "./pulumi-cli";

/** What the tour does to the sandbox as a whole. */
export interface TourHands {
  /** Empties a cluster: everything in it is lost. */
  readonly wipe: (cluster: string) => Promise<void>;
  /** Brings back what is lost: the one command. Throws when it fails. */
  readonly recover: () => Promise<void>;
}

export interface TourArgs {
  readonly live: LiveEstate;
  readonly estate: string;
  readonly home: LiveHome;
  /** The home that is promoted to. */
  readonly next: LiveHome;
  /** Somebody else's namespace on the same cluster. */
  readonly foreign: string;
  readonly application: string;
  readonly hands: TourHands;
  readonly tell: (line: string) => void;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** What the tour's tenant runs. Its note tells one tour's from the one before. */
function manifest({ live, estate, home, application }: TourArgs, note: string): string {
  const registry = { kind: "harbor" as const, url: live.sandbox.harbor.url };
  const image = `${imageRepository({ name: estate, registry }, home.tenant, application)}:1.0.0`;
  return deployment({ name: application, image, note });
}

async function arrives(args: TourArgs, note: string): Promise<void> {
  const { home, application, tell } = args;
  tell(`== A commit arrives`);
  tell(`A developer of ${home.tenant} pushes a Deployment to ${home.project}:`);
  tell(manifest(args, note).trimEnd().replaceAll(/^/gm, "    "));
  const commit = await home.commit({
    "kustomization.yaml": "resources: [base]\n",
    "base/kustomization.yaml": `resources: [${application}.yaml]\n`,
    [`base/${application}.yaml`]: manifest(args, note),
  });
  const what = home.at("apps/v1", "Deployment", application);
  const took = await home.appears(what, 120_000, (found) => found.metadata.annotations?.["tour"] === note);
  tell(`GitLab's webhook told the cluster, and Flux applied ${commit.slice(0, 8)} as ${home.tenant}'s own reconciler:`);
  tell(`    Deployment ${home.namespace}/${application} is there after ${seconds(took)}`);
}

async function promoted({ live, home, next, application, tell }: TourArgs, note: string): Promise<void> {
  tell(`\n== It is promoted`);
  const runs = await runPipeline(live.gitlab, home.project);
  const failed = runs.find(({ code }) => code !== 0);
  if (failed !== undefined) throw new Error(`job ${failed.name} failed: ${failed.output}`);
  tell(`The pipeline of ${home.project} ran ${runs.map(({ name }) => name).join(", ")}, which opened a merge request:`);
  const path = `${GitLabSide.project(next.project)}/merge_requests`;
  const opened = await live.gitlab.api("GET", `${path}?state=opened`);
  const [request] = Array.isArray(opened) ? opened.filter(isRecord) : [];
  if (request === undefined) throw new Error(`no merge request is open in ${next.project}`);
  const iid = String(request["iid"]);
  tell(`    ${String(request["title"])}: ${String(request["description"])}`);
  const [developer, owner] = [await live.person(home.tenant, "developers"), await live.person(home.tenant, "owners")];
  const refused = await live.gitlab.ask("PUT", `${path}/${iid}/merge`, {}, developer.password);
  tell(`A developer tries to merge it: ${String(refused.status)} ${JSON.stringify(refused.told)}`);
  await live.gitlab.api("PUT", `${path}/${iid}/merge`, {}, owner.password);
  const what = next.at("apps/v1", "Deployment", application);
  const took = await next.appears(what, 120_000, (found) => found.metadata.annotations?.["tour"] === note);
  tell(`An owner merges it: Deployment ${next.namespace}/${application} is there after ${seconds(took)}`);
}

async function refused({ home, foreign, application, tell }: TourArgs): Promise<void> {
  tell(`\n== An escape is refused`);
  const escape = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: escape, namespace: ${foreign} }\n`;
  const inner = {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "escape" },
    spec: {
      interval: "10m",
      path: "./escape",
      prune: true,
      serviceAccountName: "reconciler",
      sourceRef: { kind: "GitRepository", name: "operations" },
    },
  };
  tell(`Somebody of ${home.tenant} commits an object for ${foreign}, by a delivery of their own:`);
  tell(escape.trimEnd().replaceAll(/^/gm, "    "));
  await home.commit({
    "escape.yaml": `${JSON.stringify(inner)}\n`,
    "escape/config.yaml": escape,
    "kustomization.yaml": "resources: [base, escape.yaml]\n",
  });
  const at = home.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "escape");
  await home.says(at, /^False .*cannot patch resource/, 120_000);
  tell(`The API server refuses it, since Flux acts as the tenant:\n    ${readyOf(await home.find(at))}`);
  await home.commit({
    "escape.yaml": undefined,
    "escape/config.yaml": undefined,
    "kustomization.yaml": "resources: [base]\n",
  });
  await home.vanishes(at, 120_000);
  tell(`Taken back, and ${application} ran on all the while.`);
}

async function returns({ home, application, hands, tell }: TourArgs, note: string): Promise<void> {
  tell(`\n== A lost cluster returns`);
  const lost = await timed(() => hands.wipe(home.clusterName));
  tell(`Everything in cluster ${home.clusterName} is lost: its API server starts again on nothing (${seconds(lost)}).`);
  tell(`    pulumi ${rebuild.join(" ")}`);
  const back = await timed(async () => {
    await hands.recover();
    const fits = (found: Manifest): boolean => found.metadata.annotations?.["tour"] === note;
    await home.appears(home.at("apps/v1", "Deployment", application), 240_000, fits);
  });
  tell(
    `The platform, all tenants, and Deployment ${home.namespace}/${application} from its Git are back after ${seconds(back)}.`,
  );
}

/** Plays the loop as a story: a commit arrives, is promoted, an escape is refused, a lost cluster returns; with times. */
export async function tour(args: TourArgs): Promise<void> {
  const note = new Date().toISOString();
  await arrives(args, note);
  await promoted(args, note);
  await refused(args);
  await returns(args, note);
}
