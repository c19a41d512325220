import { version } from "@pulumi/kubernetes/package.json";
import { serve } from "../framework/serve";
import { KubernetesPlugin } from "./plugin";

// The version of the SDK it is bundled with: the engine looks for another plugin if it is lower.
void serve((engine) => new KubernetesPlugin(engine, version));
