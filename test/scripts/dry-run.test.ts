import { ConnectionError, KubernetesStatusError, type KubernetesClient, type Manifest } from "@estate/clients";
import { Complaint } from "@estate/sandbox";
import { describe, expect, it } from "vitest";
import { dryRunHome } from "../../scripts/dry-run";
import { Interruption } from "../../scripts/interrupt";
import { plan, tenant } from "../support/fixtures";

const [team] = plan([tenant("team-a")]).tenants;
const home = team?.homes[0];
if (team === undefined || home === undefined) throw new Error("the fixture has no home");

type Create = (object: Manifest, options: { readonly dryRun?: boolean; readonly signal?: AbortSignal }) => unknown;

/** A cluster that has no namespace but those made in it. */
class FakeCluster {
  readonly context = "dev";
  readonly namespaces = new Set<string>();
  readonly removed: string[] = [];

  constructor(
    private readonly onCreate: Create = () => undefined,
    private readonly onDelete: () => void = () => undefined,
  ) {}

  client(): KubernetesClient {
    return this as unknown as KubernetesClient;
  }

  find({ metadata }: Manifest): Promise<unknown> {
    return Promise.resolve(this.namespaces.has(metadata.name ?? "") ? {} : undefined);
  }

  async create(object: Manifest, options: { dryRun?: boolean; signal?: AbortSignal } = {}): Promise<unknown> {
    if (options.dryRun !== true) this.namespaces.add(object.metadata.name ?? "");
    return await this.onCreate(object, options);
  }

  delete({ metadata }: Manifest): Promise<void> {
    this.onDelete();
    if (!this.namespaces.delete(metadata.name ?? "")) throw new KubernetesStatusError(404, "NotFound", "not found");
    this.removed.push(metadata.name ?? "");
    return Promise.resolve();
  }
}

describe("dryRunHome", () => {
  it("asks about every object, and removes its scratch namespace", async () => {
    const cluster = new FakeCluster();
    const verdicts = await dryRunHome(team, home, cluster.client());
    expect(verdicts).toHaveLength(home.objects.length + 1);
    expect(cluster.removed).toEqual([expect.stringMatching(/^estate-preflight-[0-9a-f]{8}$/)]);
    expect(cluster.namespaces.size).toBe(0);
  });

  it("removes it when it is interrupted while the cluster is asked", async () => {
    const controller = new AbortController();
    const interruption = new Interruption("SIGINT");
    const cluster = new FakeCluster((object, { dryRun, signal }) => {
      if (dryRun !== true || object.kind === "Namespace") return undefined;
      controller.abort(interruption);
      expect(signal?.aborted).toBe(true);
      throw new ConnectionError("broken off", "ABORT_ERR");
    });
    await expect(dryRunHome(team, home, cluster.client(), controller.signal)).rejects.toBe(interruption);
    expect(cluster.removed).toHaveLength(1);
    expect(cluster.namespaces.size).toBe(0);
  });

  it("removes it when the answer to its creation was lost", async () => {
    const cluster = new FakeCluster((_, { dryRun }) => {
      if (dryRun !== true) throw new ConnectionError("reset", "ECONNRESET");
    });
    await expect(dryRunHome(team, home, cluster.client())).rejects.toThrow("reset");
    expect(cluster.namespaces.size).toBe(0);
  });

  it("leaves what stands in a namespace of the platform for later, while that is not there", async () => {
    const cluster = new FakeCluster((object) => {
      if (object.kind === "RoleBinding")
        throw new KubernetesStatusError(404, "NotFound", 'namespaces "flux-system" not found');
    });
    const verdicts = await dryRunHome(team, home, cluster.client());
    expect(
      new Set(verdicts.filter(({ object }) => object.startsWith("RoleBinding")).map(({ answer }) => answer)),
    ).toEqual(new Set(["later"]));
    expect(verdicts.filter(({ answer }) => answer === "refused")).toEqual([]);
  });

  it("tells a refusal of the namespace itself as one", async () => {
    const cluster = new FakeCluster((_, { dryRun }) => {
      if (dryRun !== true) throw new KubernetesStatusError(403, "Forbidden", "you may not");
    });
    expect(await dryRunHome(team, home, cluster.client())).toEqual([
      expect.objectContaining({ answer: "refused", reason: "a scratch namespace like it: you may not" }),
    ]);
    expect(cluster.removed).toEqual([]);
  });

  it("names the namespace that it may not remove", async () => {
    const cluster = new FakeCluster(undefined, () => {
      throw new KubernetesStatusError(403, "Forbidden", "you may not");
    });
    const error: unknown = await dryRunHome(team, home, cluster.client()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Complaint);
    expect(error).toMatchObject({ message: expect.stringContaining("kubectl --context dev delete namespace estate-") });
  });
});
