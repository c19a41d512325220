// Typed lint, and the arrows between the rooms (docs/architecture.md, "One way through the code").
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** A folder and the folders it may never import from. */
const zones = [
  [
    "model",
    ["config", "tenants", "plan", "features", "guardrails", "components", "policy", "scripts", "sandbox", "clients"],
  ],
  ["config", ["plan", "guardrails", "components", "policy", "scripts", "sandbox", "clients"]],
  ["tenants", ["plan", "guardrails", "components", "policy", "scripts", "sandbox", "clients"]],
  ["features", ["config", "tenants", "components", "policy", "scripts", "sandbox", "clients"]],
  ["guardrails", ["config", "tenants", "plan", "features", "components", "policy", "scripts", "sandbox", "clients"]],
  ["plan", ["components", "policy", "scripts", "sandbox", "clients"]],
  ["components", ["config", "tenants", "features", "guardrails", "policy", "scripts", "sandbox", "clients"]],
  ["policy", ["config", "tenants", "features", "guardrails", "components", "scripts", "sandbox", "clients"]],
  [
    "clients",
    ["config", "tenants", "plan", "features", "guardrails", "components", "policy", "scripts", "sandbox", "model"],
  ],
  ["sandbox", ["config", "tenants", "plan", "features", "guardrails", "components", "policy", "scripts"]],
];

export default tseslint.config(
  { ignores: ["**/node_modules/", "**/*.mjs", ".sandbox/", ".sandbox-*/"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })] },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: zones.flatMap(([target, froms]) =>
            froms.map((from) => ({
              target: `./${target}`,
              from: `./${from}`,
              message: `${target}/ does not know ${from}/: see "One way through the code" in docs/architecture.md`,
            })),
          ),
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-invalid-void-type": ["error", { allowAsThisParameter: true }],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["model/**", "plan/**", "features/**", "guardrails/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["@pulumi/*", "node:*", "fs", "path"],
              message: "pure rooms: no Output, no files, no network, no clock",
            },
          ],
        },
      ],
      "no-restricted-globals": ["error", "process", "Date", "fetch"],
    },
  },
  {
    files: ["test/**"],
    rules: {
      "max-lines": ["error", { max: 600, skipBlankLines: true, skipComments: true }],
      // vitest's own matchers (`expect.stringContaining`) are typed `any`.
      "@typescript-eslint/no-unsafe-assignment": "off",
    },
  },
);
