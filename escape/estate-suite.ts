import { LiveEstate } from "../scripts/live/home";
import { TestProject } from "../scripts/live/project";
import { matrix, type Cell } from "./matrix";
import { missedOf, type Outcome } from "./mutation/mutant";
import { mutateVault } from "./mutation/vault";
import { matrixTenants } from "./tenants";

/** The suite on an estate that Pulumi raised: API servers, Vault, Git and the registry together, with ten tenants. */
export class EstateSuite {
  private constructor(
    private readonly project: TestProject,
    private readonly live: LiveEstate,
  ) {}

  static async start(): Promise<EstateSuite> {
    const project = await TestProject.start();
    try {
      for (const { name, isolation } of matrixTenants)
        project.tenant(name, `isolation: ${isolation}`, "applications: [{ name: web }]");
      await project.succeed("up", "--yes", "--skip-preview");
      return new EstateSuite(project, new LiveEstate(project.sandbox, "acme/tenants"));
    } catch (thrown) {
      await project.end();
      throw thrown;
    }
  }

  async end(): Promise<void> {
    this.live.close();
    await this.project.end();
  }

  /** Everything. */
  async all(): Promise<{
    readonly cells: readonly Cell[];
    readonly vault: readonly Outcome[];
    readonly faults: readonly string[];
  }> {
    const cells = await this.matrix();
    const vault = await this.mutateVault();
    const faults = cells.flatMap(({ plane, of, at, fault }) =>
      fault === undefined ? [] : [`${plane}: ${of} at ${at}: ${fault}`],
    );
    return { cells, vault, faults: [...faults, ...missedOf(vault).map((one) => `nobody noticed ${one}`)] };
  }

  /** Every tenant at every tenant's place. */
  matrix(): Promise<Cell[]> {
    return matrix(this.live);
  }

  /** The answers of Vault without each line of what it was told. */
  mutateVault(): Promise<Outcome[]> {
    return mutateVault(this.live);
  }
}
