import { serve } from "../framework/serve";
import { vault } from "./plugin";

void serve(() => vault());
