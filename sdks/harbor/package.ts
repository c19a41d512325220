import manifest from "./package.json";

/** The plugin's version, which is that of this package. */
export const version: string = manifest.version;

/** Where the plugin is downloaded from. */
export const server: string = manifest.pulumi.server;
