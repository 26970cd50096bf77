// What a request says of a function, as its configuration. What is not served here is refused, never forgotten.
import type { CreateFunctionRequest, UpdateFunctionConfigurationRequest } from "@aws-sdk/client-lambda";
import { invalid, refuseOthers } from "../refusals.ts";
import type { KeptFunction } from "../tables.ts";
import { nameOf } from "./api-context.ts";

type Settings = Omit<UpdateFunctionConfigurationRequest, "FunctionName">;

/** Of a new function. */
export function configurationOf(
  { FunctionName = "", ...input }: Omit<CreateFunctionRequest, "Code">,
  arn: string,
): KeptFunction {
  const { Publish, PackageType = "Zip", Role = "", Runtime, Handler, Architectures, ...rest } = input;
  if (PackageType !== "Zip") throw invalid("Expected Zip for PackageType: images are not served here.");
  if (Runtime === undefined || Handler === undefined)
    throw invalid(
      "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    );
  refuseOthers({ Publish: Publish || undefined });
  return {
    ...{ name: nameOf(FunctionName), arn, roleArn: Role, handler: Handler },
    ...{ timeoutSeconds: 3, memoryMiB: 128, environment: {} },
    ...(Architectures && { architectures: Architectures }),
    ...settingsOf({ ...rest, Role, Runtime, Handler }),
  };
}

/** What a request sets, and no more. */
export function settingsOf(input: Settings): Partial<KeptFunction> {
  const { Role, Runtime, Handler, Description, Timeout, MemorySize, Environment, ...more } = input;
  const { DeadLetterConfig, ...others } = more;
  refuseOthers(others);
  return {
    ...(Role !== undefined && { roleArn: Role }),
    ...(Runtime !== undefined && { runtime: Runtime }),
    ...(Handler !== undefined && { handler: Handler }),
    ...(Description !== undefined && { description: Description }),
    ...(Timeout !== undefined && { timeoutSeconds: Timeout }),
    ...(MemorySize !== undefined && { memoryMiB: MemorySize }),
    ...(Environment !== undefined && { environment: Environment.Variables ?? {} }),
    ...(DeadLetterConfig !== undefined && { deadLetterTargetArn: DeadLetterConfig.TargetArn || undefined }),
  };
}
