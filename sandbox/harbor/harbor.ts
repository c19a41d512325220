import { forbidden, notFound, unauthorized } from "./refusal";
import { mayInProject, mayInSystem, type Gate, type Identity } from "./identity";
import type { HarborState, Project, Store } from "./state";
import type { RegistryBackend } from "./backend";

/** What the routes work on. */
export class Harbor {
  private last: Promise<unknown> = Promise.resolve();
  private aheadMs = 0;

  constructor(
    readonly store: Store,
    readonly backend: RegistryBackend,
    private readonly adminPassword: string,
    private readonly clock: () => Date,
  ) {}

  get state(): HarborState {
    return this.store.state;
  }

  /** The stand-in's clock, which tests move. */
  now(): Date {
    return new Date(this.clock().getTime() + this.aheadMs);
  }

  /** Moves the clock. */
  moveAhead(days: number): void {
    this.aheadMs += days * 86_400_000;
  }

  /** The time for a record. */
  stamp(): string {
    return this.now().toISOString();
  }

  /** One change at a time: between looking whether a tag may be written and writing it, nobody else writes it. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  gate(): Gate {
    return { state: this.state, adminPassword: this.adminPassword, now: this.now() };
  }

  /** A project by its id or name, as Harbor reads a path: only digits are an id, unless the caller says it is a name. */
  project(nameOrId: string, isName = false): Project | undefined {
    if (!isName && /^\d+$/.test(nameOrId)) return this.state.projects.find(({ id }) => id === Number(nameOrId));
    return this.state.projects.find(({ name }) => name === nameOrId);
  }

  /**
   * The project, for somebody who has this right in it. Who has not is told the same of a project there is and of one
   * there is not.
   */
  requireProject(who: Identity, nameOrId: string, resource: string, action: string, isName = false): Project {
    const project = this.project(nameOrId, isName);
    if (project !== undefined && mayInProject(this.state, who, project, resource, action)) return project;
    if (who.kind === "anonymous") throw unauthorized();
    if (who.kind === "admin") throw notFound(`project ${nameOrId} not found`);
    throw forbidden();
  }

  requireSystem(who: Identity, resource: string, action: string): void {
    if (mayInSystem(who, resource, action)) return;
    throw who.kind === "anonymous" ? unauthorized() : forbidden();
  }
}
