import { config } from "../../../sandbox/doubles/gitlab/config";
import { resources } from "../../../sandbox/doubles/gitlab/plugin";
import { tablesAreThoseOf } from "../../sdks/tables";

tablesAreThoseOf("gitlab", resources, config);
