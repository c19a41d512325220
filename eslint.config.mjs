// Typed lint, and the arrows between the rooms (docs/architecture.md, "One way through the code").
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** A folder and the folders it may never import from. */
const zones = [
  [
    "model",
    ["config", "tenants", "plan", "features", "guardrails", "components", "scripts", "sandbox", "clients", "review"],
  ],
  ["config", ["plan", "guardrails", "components", "scripts", "sandbox", "clients", "review"]],
  ["tenants", ["plan", "guardrails", "components", "scripts", "sandbox", "clients", "review"]],
  ["features", ["config", "tenants", "components", "scripts", "sandbox", "clients", "review"]],
  ["guardrails", ["config", "tenants", "plan", "features", "components", "scripts", "sandbox", "clients", "review"]],
  ["plan", ["components", "scripts", "sandbox", "clients", "review"]],
  ["components", ["config", "tenants", "features", "guardrails", "scripts", "sandbox", "clients", "review"]],
  [
    "clients",
    ["config", "tenants", "plan", "features", "guardrails", "components", "scripts", "sandbox", "model", "review"],
  ],
  ["sandbox", ["config", "tenants", "plan", "features", "guardrails", "components", "scripts", "review"]],
  ["review", ["config", "tenants", "features", "guardrails", "components", "scripts", "sandbox", "clients"]],
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
    files: ["model/**", "plan/**", "features/**", "guardrails/**", "review/**"],
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
