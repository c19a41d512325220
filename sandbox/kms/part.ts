import type { Part } from "../part";

/** The address of the stand-in of KMS. */
export const kmsAddress = (port: number): string => `http://127.0.0.1:${String(port)}`;

/** The stand-in of KMS as a part of the sandbox. */
export function kmsPart(dir: string, bundle: string, port: number): Part {
  const health = `${kmsAddress(port)}/healthz`;
  return {
    name: "kms",
    file: process.execPath,
    args: [bundle, String(port)],
    env: { ESTATE_SANDBOX: dir },
    port,
    awaited: health,
    boundMs: 30_000,
    look: async () => {
      const { status } = await fetch(health, { headers: { connection: "close" } });
      return status === 200 ? undefined : `/healthz answers ${String(status)}`;
    },
  };
}
