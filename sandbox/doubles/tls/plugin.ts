import { bridgedPlugin } from "../framework/bridge/plugin";
import type { Plugin } from "../framework/plugin";
import { privateKey } from "./private-key";

/** The double of the tls provider, as far as Estate uses it: keys, and no certificates. */
export function tls(): Plugin {
  return bridgedPlugin<null>({
    name: "tls",
    version: "5.6.1",
    config: {},
    resources: { "tls:index/privateKey:PrivateKey": privateKey },
    connect: () => Promise.resolve(null),
  });
}
