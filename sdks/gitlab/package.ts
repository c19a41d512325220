import manifest from "./package.json";

/** The plugin's version, which is that of this package. */
export const version: string = manifest.version;
