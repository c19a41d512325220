import type { SecretReader } from "../model/capability";

/** Readers by their name: what several features ask for one of them is one policy. */
export function oneOfEach(readers: readonly SecretReader[]): SecretReader[] {
  const names = [...new Set(readers.map(({ name }) => name))];
  return names.flatMap((name) => {
    const own = readers.filter((reader) => reader.name === name);
    const [first] = own;
    return first === undefined ? [] : [{ ...first, folders: [...new Set(own.flatMap(({ folders }) => folders))] }];
  });
}
