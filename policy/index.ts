import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

new PolicyPack("estate", { enforcementLevel: "mandatory", policies: [...rules] });
