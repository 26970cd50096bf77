// What the command line of `darkroom dlq redrive` says.
import type { FilterOptions } from "./commands/filter-options.ts";
import type { TargetOptions } from "./commands/target-options.ts";

export interface RedriveWords extends TargetOptions, FilterOptions {
  all?: true;
  yes?: true;
  rate?: number;
  canary?: number;
  maxRedrives?: number;
  native?: true;
  follow: boolean;
}
