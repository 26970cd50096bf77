// The operations on functions. https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
import type {
  CreateFunctionRequest,
  DeleteFunctionRequest,
  GetFunctionRequest,
  ListFunctionsRequest,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from "@aws-sdk/client-lambda";
import { checkConstraints, inRange, matching } from "../../protocol/constraints.ts";
import type { Request } from "../../protocol/http.ts";
import type { RestJsonHandler } from "../../protocol/rest-json.ts";
import { refuseOthers } from "../refusals.ts";
import type { KeptFunction } from "../tables.ts";
import {
  authorize,
  functionArn,
  type LambdaApiContext,
  ownConfiguration,
  ownFunction,
  permittedFunction,
} from "./api-context.ts";
import { describeCreated, describeFunction, describeUpdated } from "./descriptions.ts";
import { readCode } from "./function-code.ts";
import { configurationOf, settingsOf } from "./function-settings.ts";
import { changeFunction, createFunction, removeFunction } from "./kept-functions.ts";
import { pageOf } from "./pages.ts";

const PAGE_LENGTH = 50;
const NAME = /(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-[a-z]+)+-\d:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)/;

/** By their names in the model. */
export function functionHandlers(context: LambdaApiContext): Record<string, RestJsonHandler> {
  return {
    async CreateFunction({ Code = {}, ...input }: CreateFunctionRequest, request) {
      checkConstraints(matching("FunctionName", input.FunctionName, NAME));
      const arn = ownFunction(context, "CreateFunction", input, request);
      const configuration = configurationOf(input, arn);
      passRole(context, configuration.roleArn, request);
      const zip = await readCode(context.cloud, Code, request);
      return describeCreated(await createFunction(context, configuration, zip));
    },
    async GetFunction({ FunctionName = "", Qualifier }: GetFunctionRequest, request) {
      permittedFunction(context, "GetFunction", FunctionName, request);
      const { reservedConcurrency } = ownConfiguration(context, FunctionName);
      const asked = functionArn(context, FunctionName, Qualifier);
      return {
        Configuration: describe(context, asked),
        Code: { RepositoryType: "S3" },
        ...(reservedConcurrency !== undefined && {
          Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
        }),
      };
    },
    async GetFunctionConfiguration({ FunctionName = "", Qualifier }: GetFunctionRequest, request) {
      permittedFunction(context, "GetFunctionConfiguration", FunctionName, request);
      return describe(context, functionArn(context, FunctionName, Qualifier));
    },
    async ListFunctions({ FunctionVersion, MasterRegion, ...asked }: ListFunctionsRequest, request) {
      authorize(context, "ListFunctions", "*", request);
      refuseOthers({ FunctionVersion, MasterRegion });
      checkConstraints(inRange("MaxItems", asked.MaxItems, 1, 10_000));
      const all = context.functions.all();
      const { page, ...more } = pageOf(all, ({ name }) => name, asked, PAGE_LENGTH);
      return { Functions: page.map((each) => describeFunction(each)), ...more };
    },
    async DeleteFunction({ FunctionName = "", Qualifier }: DeleteFunctionRequest, request) {
      const arn = ownFunction(context, "DeleteFunction", { FunctionName, Qualifier }, request);
      await removeFunction(context, arn);
      return { StatusCode: 204 };
    },
    async UpdateFunctionCode(input: UpdateFunctionCodeRequest, request) {
      const { FunctionName = "", RevisionId: revisionId, Publish, ...rest } = input;
      const { ZipFile, S3Bucket, S3Key, S3ObjectVersion, ...others } = rest;
      const arn = ownFunction(context, "UpdateFunctionCode", { FunctionName }, request);
      refuseOthers({ ...others, Publish: Publish || undefined });
      const zip = await readCode(context.cloud, { ZipFile, S3Bucket, S3Key, S3ObjectVersion }, request);
      return describeUpdated(await changeFunction(context, arn, { zip, revisionId }));
    },
    async UpdateFunctionConfiguration(input: UpdateFunctionConfigurationRequest, request) {
      const { FunctionName = "", RevisionId: revisionId, ...changes } = input;
      const arn = ownFunction(context, "UpdateFunctionConfiguration", { FunctionName }, request);
      if (changes.Role !== undefined) passRole(context, changes.Role, request);
      const changed = (before: KeptFunction) => ({ ...before, ...settingsOf(changes) });
      return describeUpdated(await changeFunction(context, arn, { changed, revisionId }));
    },
  };
}

function describe({ functions }: LambdaApiContext, arn: string) {
  const { pool, version } = functions.invoked(arn);
  return { ...describeFunction(pool.configuration(), arn), Version: version };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
function passRole(context: LambdaApiContext, roleArn: string, request: Request): void {
  authorize(context, "iam:PassRole", roleArn, request, { "iam:PassedToService": "lambda.amazonaws.com" });
}
