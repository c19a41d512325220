import { defineConfig } from "vitest/config";

// Pulumi's state is global to a process: one process per file (pool "forks", isolated).
export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          // Each file starts a sandbox of its own. Two side by side fill the pauses in which one waits; more would only wait
          // for each other on two cores.
          maxWorkers: 2,
          // For Pulumi's engine, and by the sandbox for its servers: memory for a tenth to a fifth less work.
          env: { GOGC: "400" },
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
        },
      },
    ],
  },
});
