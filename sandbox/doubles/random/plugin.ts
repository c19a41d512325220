import { bridgedPlugin } from "../framework/bridge/plugin";
import type { Plugin } from "../framework/plugin";
import { randomBytes } from "./bytes";
import { randomId } from "./id";
import { randomPassword, randomString } from "./password";
import { randomUuid } from "./uuid";

/** The double of the random provider. It has no back end: what it makes lives in the state alone. */
export function random(): Plugin {
  return bridgedPlugin<null>({
    name: "random",
    version: "4.21.2",
    config: {},
    resources: {
      "random:index/randomBytes:RandomBytes": randomBytes,
      "random:index/randomId:RandomId": randomId,
      "random:index/randomPassword:RandomPassword": randomPassword,
      "random:index/randomString:RandomString": randomString,
      "random:index/randomUuid:RandomUuid": randomUuid,
    },
    connect: () => Promise.resolve(null),
  });
}
