import type { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import type { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import type { NatGateway } from "@pulumi/aws/ec2/natGateway";
import type { RouteTable } from "@pulumi/aws/ec2/routeTable";
import type { Subnet } from "@pulumi/aws/ec2/subnet";
import type { Vpc } from "@pulumi/aws/ec2/vpc";
import * as pulumi from "@pulumi/pulumi";
import { nameTag } from "../../model/aws/tags";
import type { MadeNetworkPlan, NatPlan, NetworkPlan } from "../../plan/aws/network";
import { makeRole } from "../aws/role";
import { aws } from "../aws/sdk";

/** What a cluster stands in. */
export interface Network {
  readonly vpc: pulumi.Input<string>;
  /** Subnets of nodes. */
  readonly nodes: pulumi.Input<string>[];
  /** Subnets of the control plane's own interfaces. */
  readonly controlPlane: pulumi.Input<string>[];
  /** What must be there while the cluster is: without a way out, nodes neither come nor go. */
  readonly ways: readonly pulumi.Resource[];
}

/** What a network is made of. */
export interface NetworkArgs {
  readonly plan: MadeNetworkPlan;
  /** The cluster's name in EKS, by which the console shows what is made. */
  readonly title: string;
  readonly region: string;
}

/** The network that a plan asks for: made, or the one that was brought along. */
export function networkOf(
  name: string,
  plan: NetworkPlan,
  { title, region }: Omit<NetworkArgs, "plan">,
  opts: pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource },
): Network {
  if (plan.kind === "made") return new MadeNetwork(name, { plan, title, region }, opts);
  return { vpc: plan.vpc, nodes: [...plan.nodes], controlPlane: [...plan.controlPlane], ways: [] };
}

/** A VPC with its subnets, and their ways out. */
class MadeNetwork extends pulumi.ComponentResource implements Network {
  readonly nodes: pulumi.Input<string>[];
  readonly controlPlane: pulumi.Input<string>[];
  readonly ways: readonly pulumi.Resource[];
  private readonly child: pulumi.CustomResourceOptions;
  readonly vpc: pulumi.Output<string>;
  private readonly subnets: ReadonlyMap<string, Subnet>;

  constructor(
    private readonly name: string,
    private readonly args: NetworkArgs,
    opts: pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource },
  ) {
    super("estate:index:Network", name, {}, opts);
    const { plan } = args;
    this.child = { parent: this, provider: opts.provider };
    const vpc: Vpc = new aws.ec2.Vpc(
      name,
      // Nodes join by names that both of these make; the first is off unless asked for.
      { cidrBlock: plan.cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: plan.tags },
      this.child,
    );
    this.vpc = vpc.id;
    // Every VPC has one, which lets all in it speak to each other: without rules it lets nobody.
    new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: this.vpc }, this.child);
    this.subnets = this.makeSubnets();
    const idsOf = (kind: string): pulumi.Output<string>[] =>
      plan.subnets.filter((subnet) => subnet.kind === kind).map((subnet) => this.subnetId(subnet.name));
    this.nodes = idsOf("private");
    this.controlPlane = idsOf("intra");
    const internet = new aws.ec2.InternetGateway(
      `${name}-internet`,
      { vpcId: this.vpc, tags: nameTag(args.title) },
      this.child,
    );
    const gateways = new Map(plan.gateways.map((each) => [each.name, this.makeGateway(each, internet)]));
    const { tables, ways } = this.makeRoutes(internet, gateways);
    this.ways = [...ways, ...this.makeEndpoints(tables)];
    this.makeFlowLog();
    this.registerOutputs({});
  }

  private makeSubnets(): ReadonlyMap<string, Subnet> {
    return new Map(
      this.args.plan.subnets.map(({ name: own, kind, zone, cidr, tags }) => [
        own,
        new aws.ec2.Subnet(
          `${this.name}-${own}`,
          {
            vpcId: this.vpc,
            cidrBlock: cidr,
            availabilityZoneId: zone,
            ...(kind === "public" ? { mapPublicIpOnLaunch: true } : {}),
            tags,
          },
          this.child,
        ),
      ]),
    );
  }

  private subnetId(own: string): pulumi.Output<string> {
    const subnet = this.subnets.get(own);
    if (subnet === undefined) throw new RangeError(`the plan lacks the subnet ${own}`);
    return subnet.id;
  }

  /** An address that belongs to the internet gateway is given back only while that is there, so both depend on it. */
  private makeGateway({ name: own, subnet }: NatPlan, internet: InternetGateway): NatGateway {
    const tags = nameTag(`${this.args.title}-${own}`);
    const after = { ...this.child, dependsOn: [internet] };
    if (subnet === undefined)
      return new aws.ec2.NatGateway(
        `${this.name}-${own}`,
        { availabilityMode: "regional", connectivityType: "public", vpcId: this.vpc, tags },
        after,
      );
    const address = new aws.ec2.Eip(`${this.name}-${own}-address`, { domain: "vpc", tags }, after);
    return new aws.ec2.NatGateway(
      `${this.name}-${own}`,
      { allocationId: address.id, subnetId: this.subnetId(subnet), tags },
      after,
    );
  }

  private makeRoutes(
    internet: InternetGateway,
    gateways: ReadonlyMap<string, NatGateway>,
  ): { readonly tables: RouteTable[]; readonly ways: pulumi.Resource[] } {
    const ways: pulumi.Resource[] = [];
    const tables = this.args.plan.routeTables.map(({ name: own, subnets, to }) => {
      const table = new aws.ec2.RouteTable(
        `${this.name}-${own}-routes`,
        { vpcId: this.vpc, tags: nameTag(`${this.args.title}-${own}`) },
        this.child,
      );
      for (const subnet of subnets)
        ways.push(
          new aws.ec2.RouteTableAssociation(
            `${this.name}-${subnet}-routes`,
            { subnetId: this.subnetId(subnet), routeTableId: table.id },
            this.child,
          ),
        );
      const nat = to === undefined ? undefined : gateways.get(to);
      if (to === undefined) return table;
      ways.push(
        new aws.ec2.Route(
          `${this.name}-${own}-out`,
          {
            routeTableId: table.id,
            destinationCidrBlock: "0.0.0.0/0",
            ...(nat === undefined ? { gatewayId: internet.id } : { natGatewayId: nat.id }),
          },
          this.child,
        ),
      );
      return table;
    });
    return { tables, ways };
  }

  private makeEndpoints(tables: readonly RouteTable[]): pulumi.Resource[] {
    const { plan, region, title } = this.args;
    const service = (own: string): string => `com.amazonaws.${region}.${own}`;
    const byTable = plan.gatewayEndpoints.map(
      (own) =>
        new aws.ec2.VpcEndpoint(
          `${this.name}-endpoint-${own}`,
          {
            vpcId: this.vpc,
            serviceName: service(own),
            vpcEndpointType: "Gateway",
            routeTableIds: tables.map(({ id }) => id),
            tags: nameTag(`${title}-${own}`),
          },
          this.child,
        ),
    );
    if (plan.endpoints.length === 0) return byTable;
    const group = new aws.ec2.SecurityGroup(
      `${this.name}-endpoints`,
      { vpcId: this.vpc, description: `Services of AWS inside ${title}`, tags: nameTag(`${title}-endpoints`) },
      this.child,
    );
    const rule = new aws.vpc.SecurityGroupIngressRule(
      `${this.name}-endpoints-https`,
      { securityGroupId: group.id, cidrIpv4: plan.cidr, ipProtocol: "tcp", fromPort: 443, toPort: 443 },
      this.child,
    );
    const byInterface = plan.endpoints.map(
      (own) =>
        new aws.ec2.VpcEndpoint(
          `${this.name}-endpoint-${own}`,
          {
            vpcId: this.vpc,
            serviceName: service(own),
            vpcEndpointType: "Interface",
            subnetIds: this.nodes,
            securityGroupIds: [group.id],
            privateDnsEnabled: true,
            tags: nameTag(`${title}-${own}`),
          },
          this.child,
        ),
    );
    return [...byTable, rule, ...byInterface];
  }

  private makeFlowLog(): void {
    const { plan, title } = this.args;
    if (plan.flowLog === undefined) return;
    const { role, rights } = makeRole(`${this.name}-flow-role`, plan.flowLog.role, this.child);
    const group: LogGroup = new aws.cloudwatch.LogGroup(
      `${this.name}-flow`,
      { name: plan.flowLog.group, retentionInDays: plan.flowLog.days },
      this.child,
    );
    new aws.ec2.FlowLog(
      `${this.name}-flow-log`,
      {
        vpcId: this.vpc,
        trafficType: "REJECT",
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 600,
        tags: nameTag(title),
      },
      { ...this.child, dependsOn: [...rights] },
    );
  }
}
