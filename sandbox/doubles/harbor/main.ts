import { serve } from "../framework/serve";
import { harbor } from "./plugin";

void serve(() => harbor());
