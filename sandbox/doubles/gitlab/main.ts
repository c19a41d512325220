import { serve } from "../framework/serve";
import { gitlab } from "./plugin";

void serve(() => gitlab());
