import { readFileSync } from "node:fs";
import { get } from "node:https";

import { reasonOf } from "../complaint";
import type { Part } from "../part";
import { authorityFile } from "./authority";

/** Undefined when the ingress answers as it should under a name of its own, with its certificate; else what was seen. */
export function lookAtIngress(dir: string, port: number, timeout = 5_000): Promise<string | undefined> {
  const servername = "flux.dev.sandbox.estate";
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, path: "/healthz", servername, timeout, agent: false as const };
    const asked = get({ ...options, headers: { host: servername }, ca: readFileSync(authorityFile(dir)) }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? undefined : `/healthz answers ${String(answer.statusCode)}`);
    });
    asked.on("timeout", () => asked.destroy(new Error(`no answer within ${String(timeout / 1000)} s`)));
    asked.on("error", (error) => resolve(reasonOf(error)));
  });
}

/** The ingress's stand-in as a part of the sandbox. */
export function ingressPart(dir: string, bundle: string, port: number): Part {
  return {
    name: "ingress",
    file: process.execPath,
    args: [bundle, String(port)],
    env: { ESTATE_SANDBOX: dir },
    port,
    awaited: `https://127.0.0.1:${String(port)}/healthz`,
    boundMs: 30_000,
    look: () => lookAtIngress(dir, port),
  };
}
