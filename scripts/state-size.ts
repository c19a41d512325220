/** What one tenant takes of a stack's state. */
export interface TenantShare {
  readonly resources: number;
  /** As they are written, without the blanks between. */
  readonly bytes: number;
}

interface StateResource {
  readonly urn: string;
  readonly parent?: string;
}

const component = /::estate:index:Tenant::tenant-(.+)$/;

/** The tenant whose component a URN names. */
export function tenantOf(urn: string): string | undefined {
  return component.exec(urn)?.[1];
}

/** What each tenant takes of a state, by its name: its component and all that hang on it. */
export function tenantShares(state: string): ReadonlyMap<string, TenantShare> {
  const parsed = JSON.parse(state) as {
    readonly checkpoint: { readonly latest: { readonly resources: StateResource[] } };
  };
  const shares = new Map<string, TenantShare>();
  for (const resource of parsed.checkpoint.latest.resources) {
    const tenant = tenantOf(resource.urn) ?? tenantOf(resource.parent ?? "");
    if (tenant === undefined) continue;
    const { resources, bytes } = shares.get(tenant) ?? { resources: 0, bytes: 0 };
    shares.set(tenant, { resources: resources + 1, bytes: bytes + Buffer.byteLength(JSON.stringify(resource)) });
  }
  return shares;
}
