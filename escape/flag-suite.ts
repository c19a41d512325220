import { isManifest, type Manifest } from "@estate/clients";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fluxComponents } from "../model/controllers";
import type { EstatePlan } from "../plan/plan";
import { ensureTools, silent } from "../sandbox";
import { serviceAccounts } from "../sandbox/operators/roles";
import { trialEstate } from "./estate";
import { flagAttacks, flagGaps } from "./flags";
import { content, others, own } from "./flags/attack";
import { Outside } from "./flags/outside";
import { makeRepository } from "./flags/repository";
import { GuardedCluster } from "./guarded-cluster";
import { mutateFlags, openGaps, tryFlags, type FlagPlace } from "./mutation/flags";
import { missedOf, type Outcome } from "./mutation/mutant";
import { faultsOf, type Verdict } from "./verdict";

const rbac = "rbac.authorization.k8s.io";

/**
 * The suite on Flux' controllers: what their own flags refuse. Nothing is tried in a home, where guardrails refuse first:
 * whoever writes an object where no guardrail holds, the platform itself by mistake included, meets the flags alone.
 */
export class FlagSuite {
  private constructor(private readonly place: FlagPlace) {}

  /** Starts a cluster with the platform and its guardrails, and two namespaces that no guardrail is about; no homes. */
  static async start(): Promise<FlagSuite> {
    const plan = trialEstate();
    const tools = await ensureTools([...fluxComponents], silent);
    const cluster = await GuardedCluster.start(plan, [], []);
    const folder = mkdtempSync(join(tmpdir(), "estate-flags-"));
    let outside: Outside | undefined;
    try {
      outside = await Outside.start(
        makeRepository(folder, {
          "kustomization.yaml": JSON.stringify({ resources: ["object.yaml"] }),
          "object.yaml": JSON.stringify(content("base")),
        }),
      );
      await cluster.apply([...serviceAccounts("flux-system", fluxComponents), ...standing()]);
      const identity = `${outside.address}/identity`;
      return new FlagSuite({
        cluster,
        folder,
        tools,
        outside,
        instance: plannedInstance(plan),
        certificate: readFileSync(cluster.certificate, "utf8"),
        // As a cloud sets them in a pod that has an identity there, and nothing that this machine has.
        environment: (label) => ({
          AWS_REGION: "eu-central-1",
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `${identity}/${label}/`,
          IDENTITY_ENDPOINT: `${identity}/${label}/`,
          IDENTITY_HEADER: "platform",
        }),
      });
    } catch (thrown) {
      await outside?.end();
      await cluster.end();
      rmSync(folder, { recursive: true, force: true });
      throw thrown;
    }
  }

  async end(): Promise<void> {
    await this.place.outside.end();
    await this.place.cluster.end();
    rmSync(this.place.folder, { recursive: true, force: true });
  }

  /** Everything. */
  async all() {
    const verdicts = await this.holds();
    const outcomes = await this.mutate();
    const gaps = await this.gaps();
    const faults = [...faultsOf(verdicts), ...missedOf(outcomes).map((one) => `nobody noticed ${one}`)];
    return { verdicts, outcomes, gaps, faults };
  }

  /** Each controller with all its flags: every attack refused with its reason, every twin let be. */
  holds(): Promise<Verdict[]> {
    return tryFlags(this.place, flagAttacks);
  }

  /** What goes through with all flags set. */
  gaps(): Promise<string[]> {
    return openGaps(this.place, flagGaps);
  }

  /** Each controller again without each of its flags. */
  mutate(): Promise<Outcome[]> {
    return mutateFlags(this.place, fluxComponents, flagAttacks);
  }
}

/** The plan's own FluxInstance: what is tried are the arguments that it stands for. */
function plannedInstance({ clusters }: EstatePlan): Manifest {
  const instance: unknown = clusters.find(({ name }) => name === "dev")?.platform.gitops?.instance;
  if (!isManifest(instance)) throw new Error("the plan has no FluxInstance");
  return instance;
}

/** Two namespaces; in the tenant's own the accounts that its objects may name, which reach no further. */
function standing(): Manifest[] {
  const role = (name: string, rules: object[]): Manifest[] => [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: own } },
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata: { name, namespace: own }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: { name, namespace: own },
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: own }],
    },
  ];
  return [
    ...[own, others].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...role("reconciler", [{ apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["*"] }]),
    ...role("remote", [
      { apiGroups: [""], resources: ["serviceaccounts"], resourceNames: ["reconciler"], verbs: ["impersonate"] },
    ]),
  ];
}
