import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/**
 * Writes what the double of the aws provider knows of properties, as the SDK's own typings declare them: which there are,
 * which must be there, which AWS fills in by itself. What typings do not tell (what replaces, ids) stands in the double.
 */

/** The resources that Estate makes, by their modules in @pulumi/aws. */
const modules = [
  "cloudwatch/logGroup", "ec2/defaultSecurityGroup", "ec2/eip", "ec2/flowLog", "ec2/internetGateway",
  "ec2/launchTemplate", "ec2/natGateway", "ec2/route", "ec2/routeTable", "ec2/routeTableAssociation",
  "ec2/securityGroup", "ec2/subnet", "ec2/vpc", "ec2/vpcEndpoint", "ecr/lifecyclePolicy", "ecr/repository",
  "ecr/repositoryPolicy", "eks/accessEntry", "eks/accessPolicyAssociation",
  "eks/addon", "eks/cluster", "eks/identityProviderConfig", "eks/nodeGroup", "eks/podIdentityAssociation",
  "elasticache/parameterGroup", "elasticache/replicationGroup", "elasticache/subnetGroup", "iam/openIdConnectProvider",
  "iam/policy", "iam/role", "iam/rolePolicy", "iam/rolePolicyAttachment", "kms/alias", "kms/key", "rds/instance",
  "rds/parameterGroup", "rds/subnetGroup", "s3/bucket", "s3/bucketLifecycleConfiguration", "s3/bucketPolicy",
  "s3/bucketPublicAccessBlock", "s3/bucketServerSideEncryptionConfiguration", "s3/bucketVersioning",
  "vpc/securityGroupIngressRule",
] as const; // prettier-ignore

/** A type as the framework of the doubles writes it. */
export type TableType =
  "string" | "number" | "boolean" | { list: TableType } | { map: TableType } | { object: TableInputs };
/** One input. */
export interface TableInput {
  type: TableType;
  required?: true;
  computed?: true;
}
/** Inputs by name. */
export type TableInputs = Record<string, TableInput>;
/** One resource. */
export interface Table {
  inputs: TableInputs;
  outputs: string[];
}

/** The tables by type token, and that of the provider's own configuration. */
export interface Tables {
  config: TableInputs;
  resources: Record<string, Table>;
}

const sdk = dirname(require.resolve("@pulumi/aws/package.json"));

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(sdk, file), "utf8"), ts.ScriptTarget.Latest, true);
}

/** The interfaces of `types/input.d.ts` or `types/output.d.ts` by `module.Name`. */
function interfacesOf(file: string): ReadonlyMap<string, ts.InterfaceDeclaration> {
  const found = new Map<string, ts.InterfaceDeclaration>();
  const walk = (statements: readonly ts.Statement[], prefix: string): void => {
    for (const statement of statements) {
      if (ts.isInterfaceDeclaration(statement)) found.set(`${prefix}${statement.name.text}`, statement);
      if (ts.isModuleDeclaration(statement) && statement.body !== undefined && ts.isModuleBlock(statement.body))
        walk(statement.body.statements, `${prefix}${statement.name.text}.`);
    }
  };
  walk(parse(file).statements, "");
  return found;
}

const isUndefined = (node: ts.TypeNode): boolean => node.kind === ts.SyntaxKind.UndefinedKeyword;

/** What is inside `pulumi.Input<...>` or `pulumi.Output<...>`, without `undefined`; and whether that was there. */
function bare(node: ts.TypeNode): { readonly node: ts.TypeNode; readonly optional: boolean } {
  if (ts.isUnionTypeNode(node)) {
    const rest = node.types.filter((type) => !isUndefined(type));
    const [first] = rest;
    if (first === undefined) throw new Error(`a union of nothing: ${node.getText()}`);
    // Of an alternative between a text and something richer, the text is what travels.
    const text = rest.find((type) => type.kind === ts.SyntaxKind.StringKeyword) ?? first;
    const inner = bare(text);
    return { node: inner.node, optional: inner.optional || rest.length < node.types.length };
  }
  if (ts.isTypeReferenceNode(node) && /^pulumi\.(Input|Output)$/.test(node.typeName.getText())) {
    const [inner] = node.typeArguments ?? [];
    if (inner !== undefined) return bare(inner);
  }
  return { node, optional: false };
}

class Reader {
  private readonly inputs = interfacesOf("types/input.d.ts");
  private readonly outputs = interfacesOf("types/output.d.ts");

  private typeOf(given: ts.TypeNode): TableType {
    const { node } = bare(given);
    if (ts.isArrayTypeNode(node)) return { list: this.typeOf(node.elementType) };
    if (ts.isTypeLiteralNode(node)) {
      const [member] = node.members;
      if (member !== undefined && ts.isIndexSignatureDeclaration(member)) return { map: this.typeOf(member.type) };
    }
    switch (node.kind) {
      case ts.SyntaxKind.NumberKeyword:
        return "number";
      case ts.SyntaxKind.BooleanKeyword:
        return "boolean";
      case ts.SyntaxKind.StringKeyword:
        return "string";
      default:
        break;
    }
    const [, name] = /^inputs\.(.+)$/.exec(node.getText()) ?? [];
    const declaration = name === undefined ? undefined : this.inputs.get(name);
    if (name === undefined || declaration === undefined) return "string";
    return { object: this.members(declaration, this.filledIn(name)) };
  }

  /** The properties of a nested object that AWS always tells. */
  private filledIn(name: string): ReadonlySet<string> {
    const declaration = this.outputs.get(name);
    const always = declaration?.members
      .filter(ts.isPropertySignature)
      .filter((each) => each.questionToken === undefined);
    return new Set(always?.map((each) => each.name.getText()));
  }

  members(declaration: ts.InterfaceDeclaration, filledIn: ReadonlySet<string>): TableInputs {
    const properties = declaration.members.filter(ts.isPropertySignature);
    return Object.fromEntries(
      properties.flatMap((property): [string, TableInput][] => {
        if (property.type === undefined) return [];
        const name = property.name.getText();
        const required = property.questionToken === undefined;
        const input: TableInput = { type: this.typeOf(property.type) };
        if (required) input.required = true;
        else if (filledIn.has(name)) input.computed = true;
        return [[name, input]];
      }),
    );
  }
}

function statementOf<Kind extends ts.Statement>(
  source: ts.SourceFile,
  is: (node: ts.Statement) => node is Kind,
  named: (node: Kind) => boolean,
): Kind {
  const found = source.statements.find((statement): statement is Kind => is(statement) && named(statement));
  if (found === undefined) throw new Error(`${source.fileName} declares something else than it did`);
  return found;
}

function tableOf(reader: Reader, module: string): [token: string, table: Table] {
  const source = parse(`${module}.d.ts`);
  const own = statementOf(source, ts.isClassDeclaration, () => true);
  const className = own.name?.text ?? "";
  const args = statementOf(source, ts.isInterfaceDeclaration, (each) => each.name.text === `${className}Args`);
  const properties = own.members
    .filter(ts.isPropertyDeclaration)
    .filter((each) => each.type?.getText().startsWith("pulumi.Output<") === true);
  const filledIn = new Set(
    properties.filter(({ type }) => type !== undefined && !bare(type).optional).map((each) => each.name.getText()),
  );
  const inputs = reader.members(args, filledIn);
  const outputs = properties.map((each) => each.name.getText()).filter((name) => !Object.hasOwn(inputs, name));
  return [`aws:${module}:${className}`, { inputs, outputs }];
}

/** Reads the typings of the installed @pulumi/aws. */
export function awsTables(): Tables {
  const reader = new Reader();
  const provider = parse("provider.d.ts");
  const args = statementOf(provider, ts.isInterfaceDeclaration, (each) => each.name.text === "ProviderArgs");
  return {
    config: reader.members(args, new Set()),
    resources: Object.fromEntries(modules.map((module) => tableOf(reader, module))),
  };
}

/** Where the tables are kept. */
export const awsTablesFile = join(__dirname, "..", "sandbox", "doubles", "aws", "tables.json");

/** The file's text. */
export const awsTablesText = (): string => `${JSON.stringify(awsTables(), undefined, 1)}\n`;

if (require.main === module) writeFileSync(awsTablesFile, awsTablesText());
