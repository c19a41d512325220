import { join } from "node:path";

import type { Part } from "./part";

/** Where clients reach etcd. */
export const etcdAddress = (port: number): string => `http://127.0.0.1:${String(port)}`;

/** One etcd for all clusters; each API server keeps to a prefix of its own. */
export function etcdPart(dir: string, file: string, port: number, peerPort: number): Part {
  const client = etcdAddress(port);
  const peer = etcdAddress(peerPort);
  return {
    name: "etcd",
    file,
    port,
    args: [
      `--data-dir=${join(dir, "etcd")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      // Survives a kill of the process (the pages are the kernel's), not a power cut: a sandbox need not wait for disks.
      "--unsafe-no-fsync",
      "--auto-compaction-retention=10m",
      "--log-level=warn",
    ],
    awaited: `${client}/health`,
    boundMs: 60_000,
    look: async () => {
      const answer = await fetch(`${client}/health`, { signal: AbortSignal.timeout(5_000) });
      const text = await answer.text();
      return text.includes('"health":"true"') ? undefined : text;
    },
  };
}
