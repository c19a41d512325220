// Typed lint, and the arrows between the rooms (docs/architecture.md, "One way through the code").
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** What each room may know besides itself; the others know every room. */
const knows = {
  model: [],
  engines: ["model"],
  config: ["model", "features", "tenants", "engines"],
  tenants: ["model", "config", "features", "engines"],
  features: ["model", "guardrails", "plan"],
  guardrails: ["model"],
  plan: ["model", "config", "tenants", "features", "guardrails", "engines"],
  components: ["model", "plan"],
  policy: ["model", "plan"],
  review: ["model", "plan"],
  clients: [],
  sandbox: ["model", "clients"],
};
const rooms = [...Object.keys(knows), "escape", "scripts"];
const zones = Object.entries(knows).map(([room, known]) => [
  room,
  rooms.filter((other) => other !== room && !known.includes(other)),
]);

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
    files: ["model/**", "plan/**", "features/**", "engines/**", "guardrails/**", "review/**"],
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
