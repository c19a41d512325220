/** One resource of an import list, as `pulumi preview --import-file` writes it and `pulumi import --file` reads it. */
export interface ImportedResource {
  readonly type: string;
  readonly name: string;
  /** The resource's name in the program, where `name` had to be another to be unique in the list. */
  readonly logicalName?: string;
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly version?: string;
  /** It is made by the import itself, and has nothing in any system. */
  readonly component?: boolean;
}

/** A list of what is to be imported. `nameTable` has the URNs of parents and providers that are there already. */
export interface ImportList {
  readonly nameTable?: Readonly<Record<string, string>>;
  readonly resources: readonly ImportedResource[];
}

/** The name of a resource in the program. */
export const logicalName = ({ logicalName: own, name }: ImportedResource): string => own ?? name;

/** The custom resources below a component, however deep. */
export function below({ resources }: ImportList, component: string): ImportedResource[] {
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  const isBelow = ({ parent }: ImportedResource): boolean => {
    if (parent === undefined) return false;
    const above = byName.get(parent);
    return parent === component || (above !== undefined && isBelow(above));
  };
  return resources.filter((resource) => resource.component !== true && isBelow(resource));
}

/**
 * The list with what has an id, and what that hangs on: parents that the import makes, and the URNs of those and of the
 * providers that are there.
 */
export function withIds(list: ImportList, ids: ReadonlyMap<ImportedResource, string>): ImportList {
  const kept = list.resources.flatMap((resource) => {
    const id = ids.get(resource);
    return id === undefined ? [] : [{ ...resource, id }];
  });
  const byName = new Map(list.resources.map((resource) => [resource.name, resource]));
  const parents = new Set<string>();
  const climb = ({ parent }: ImportedResource): void => {
    if (parent === undefined || parents.has(parent)) return;
    parents.add(parent);
    const above = byName.get(parent);
    if (above !== undefined) climb(above);
  };
  for (const resource of kept) climb(resource);
  const components = list.resources.filter(({ component, name }) => component === true && parents.has(name));
  const needed = new Set([...parents, ...kept.flatMap(({ provider }) => (provider === undefined ? [] : [provider]))]);
  return {
    nameTable: Object.fromEntries(Object.entries(list.nameTable ?? {}).filter(([name]) => needed.has(name))),
    resources: [...components, ...kept],
  };
}
