import { serve } from "../framework/serve";
import { random } from "./plugin";

void serve(() => random());
