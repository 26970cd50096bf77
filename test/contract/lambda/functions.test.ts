// Functions: create, describe, list, change, delete. Each operation as in
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html and its neighbours.
import { createHash } from "node:crypto";
import { expect } from "chai";
import { zipSync } from "fflate";
import { trust, useRoles } from "../iam/a-role.ts";
import { refused } from "../refused.ts";
import { useBucket } from "../s3/a-bucket.ts";
import { newName } from "../target.ts";
import {
  aFunction,
  createFunction,
  LIMIT_MS,
  obedientCode,
  type Settings,
  updated,
  useFunction,
} from "./a-function.ts";
import { useFunctionTarget } from "./a-function-role.ts";

const target = useFunctionTarget();
const answering = (answer: string) =>
  zipSync({ "index.js": Buffer.from(`exports.handler = async () => ${JSON.stringify(answer)};`) });

async function invoke(FunctionName: string, event: object = {}) {
  const { Payload } = await target.lambda.invoke({ FunctionName, Payload: JSON.stringify(event) });
  return JSON.parse(Payload?.transformToString() ?? "");
}

describe("contract: functions", function () {
  this.timeout(2 * LIMIT_MS);
  const made = useFunction(target, () => ({ Description: "obeys", Timeout: 30, MemorySize: 512 }));

  it("are pending when they are created, and told as they were put", async () => {
    const input = await aFunction(target, { Environment: { Variables: { COLOUR: "red" } } });
    const { FunctionName } = input;
    const created = await createFunction(target, input);
    expect(created.$metadata.httpStatusCode).to.equal(201);
    expect(created).to.include({ ...{ FunctionName, State: "Pending", Version: "$LATEST" }, Timeout: 20 });
    const found = await target.lambda.getFunctionConfiguration({ FunctionName });
    const zip = await obedientCode();
    const code = { CodeSize: zip.length, CodeSha256: sha256(zip) };
    expect(found).to.deep.include({
      ...{ FunctionName, State: "Active", LastUpdateStatus: "Successful", Role: input.Role },
      ...{ Runtime: "nodejs24.x", Handler: "index.handler", MemorySize: 1024, Timeout: 20, Description: "" },
      ...{ Environment: { Variables: { COLOUR: "red" } }, PackageType: "Zip", ...code },
    });
    expect(Date.parse(found.LastModified ?? "")).to.be.closeTo(Date.now(), 300_000);
    expect((await invoke(FunctionName, { do: "describe" })).environment).to.include({ COLOUR: "red" });

    const removed = await target.lambda.deleteFunction({ FunctionName });
    expect(removed.$metadata.httpStatusCode).to.equal(204);
    const refusals = [
      target.lambda.getFunction({ FunctionName }),
      target.lambda.deleteFunction({ FunctionName }),
      target.lambda.updateFunctionConfiguration({ FunctionName, Timeout: 5 }),
      target.lambda.invoke({ FunctionName }),
    ];
    for (const refusal of await Promise.all(refusals.map(refused)))
      expect(refusal).to.include({ code: "ResourceNotFoundException", status: 404 });
  });

  it("are told by name or arn, alone and in the list", async () => {
    for (const FunctionName of [made.name, made.arn]) {
      const { Configuration } = await target.lambda.getFunction({ FunctionName });
      expect(Configuration).to.include({ FunctionArn: made.arn, Description: "obeys", Timeout: 30 });
    }
    const names: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await target.lambda.listFunctions({ MaxItems: 1, ...(Marker && { Marker }) });
      names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
      Marker = page.NextMarker;
    } while (Marker && !names.includes(made.name));
    expect(names).to.include(made.name);
  });

  it("take only what was changed, and say which revision they are", async () => {
    const FunctionName = made.name;
    const before = await target.lambda.getFunctionConfiguration({ FunctionName });
    const { RevisionId } = before;
    const Environment = { Variables: { COLOUR: "blue" } };
    await target.lambda.updateFunctionConfiguration({ FunctionName, RevisionId, Environment, Timeout: 9 });
    await updated(target, FunctionName);
    const after = await target.lambda.getFunctionConfiguration({ FunctionName });
    expect(after).to.deep.include({ Environment, Timeout: 9, MemorySize: 512, Description: "obeys" });
    expect(after.CodeSha256).to.equal(before.CodeSha256);
    expect(after.RevisionId).not.to.equal(RevisionId);
    const again = target.lambda.updateFunctionConfiguration({ FunctionName, RevisionId, Timeout: 10 });
    expect(await refused(again)).to.include({ code: "PreconditionFailedException", status: 412 });
    const { environment } = await invoke(FunctionName, { do: "describe" });
    expect(environment.COLOUR).to.equal("blue");
  });

  it("run their new code once that is put", async () => {
    const input = await aFunction(target, { Code: { ZipFile: answering("old") } });
    const { FunctionName } = input;
    await createFunction(target, input);
    expect(await invoke(FunctionName)).to.equal("old");
    const ZipFile = answering("new");
    const { CodeSha256 } = await target.lambda.updateFunctionCode({ FunctionName, ZipFile });
    expect(CodeSha256).to.equal(sha256(ZipFile));
    await updated(target, FunctionName);
    expect(await invoke(FunctionName)).to.equal("new");
    await target.lambda.deleteFunction({ FunctionName });
  });

  it("are refused when there is one of that name, and left as they were", async () => {
    const other = await aFunction(target, { Code: { ZipFile: answering("x") } });
    const refusal = await refused(target.lambda.createFunction({ ...other, FunctionName: made.name }));
    expect(refusal).to.include({
      ...{ code: "ResourceConflictException", status: 409 },
      message: `Function already exist: ${made.name}`,
    });
    expect(await invoke(made.name, { do: "answer", answer: "mine" })).to.equal("mine");
  });
});

// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
describe("contract: the code of functions", function () {
  this.timeout(2 * LIMIT_MS);
  const bucket = useBucket(target);

  it("may be in a bucket", async () => {
    await bucket.put("code.zip", answering("from a bucket"));
    const Code = { S3Bucket: bucket.name, S3Key: "code.zip" };
    const { FunctionName = "" } = await createFunction(target, await aFunction(target, { Code }));
    expect(await invoke(FunctionName)).to.equal("from a bucket");
    await bucket.put("code.zip", answering("again"));
    await target.lambda.updateFunctionCode({ FunctionName, ...Code });
    await updated(target, FunctionName);
    expect(await invoke(FunctionName)).to.equal("again");
    await target.lambda.deleteFunction({ FunctionName });
  });

  it("is refused when it is no zip, empty, or not there", async () => {
    const unzip = "Could not unzip uploaded file. Please check your file, then try to upload again.";
    const codes: [Settings["Code"], message: string][] = [
      [{ ZipFile: Buffer.from("this is no zip") }, unzip],
      [{ ZipFile: (await obedientCode()).subarray(0, 5000) }, unzip],
      [
        { S3Bucket: bucket.name, S3Key: "none" },
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
      ],
    ];
    for (const [Code, message] of codes) {
      const refusal = await refused(target.lambda.createFunction(await aFunction(target, { Code })));
      expect(refusal).to.include({ code: "InvalidParameterValueException", status: 400, message });
    }
  });

  it("is refused when a file of it would lie elsewhere", async () => {
    const ZipFile = zipSync({ "../outside.js": Buffer.from("x"), "index.js": Buffer.from("x") });
    const refusal = await refused(
      target.lambda.createFunction(await aFunction(target, { Code: { ZipFile } })),
    );
    expect(refusal).to.include({ code: "InvalidParameterValueException", status: 400 });
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
describe("contract: settings of functions", () => {
  const roles = useRoles(target);
  const variables = (Variables: Record<string, string>) => ({ Environment: { Variables } });
  const refusals: [what: string, settings: object, message: RegExp][] = [
    ["no time", { Timeout: 0 }, /'0' at 'timeout' .* greater than or equal to 1/],
    ["more than 15 minutes", { Timeout: 901 }, /'timeout' .* less than or equal to 900/i],
    ["too little memory", { MemorySize: 127 }, /'127' at 'memorySize' .* greater than or equal to 128/],
    ["too much memory", { MemorySize: 10_241 }, /'memorySize' .* less than or equal to/i],
    ["a handler with a space", { Handler: "a b" }, /'a b' at 'handler' .* regular expression/],
    ["no handler", { Handler: undefined }, /Runtime and Handler are mandatory/],
    ["no role", { Role: undefined }, /Value null at 'role' .* must not be null/],
    ["a role that is none", { Role: "r1" }, /'r1' at 'role' .* regular expression/],
    ["a runtime that is none", { Runtime: "nodejs1.y" }, /nodejs1\.y/],
    ["a name with other letters", { FunctionName: "a*b" }, /'a\*b' at 'functionName'/],
    ["a name of 65 letters", { FunctionName: "a".repeat(65) }, /'functionName' .* than or equal to 64/],
    ["a reserved variable", variables({ AWS_REGION: "x" }), /reserved keys .*AWS_REGION/],
    ["more than 4 KB of variables", variables({ A: "x".repeat(4090) }), /exceeded the 4KB limit/],
  ];
  for (const [what, settings, message] of refusals) {
    it(`are refused with ${what}`, async () => {
      const refusal = await refused(target.lambda.createFunction(await aFunction(target, settings)));
      // The one for what the model says, the other for all else: the documentation does not say which is which.
      expect(refusal.code).to.be.oneOf(["ValidationException", "InvalidParameterValueException"]);
      expect(refusal.status).to.equal(400);
      expect(refusal.message).to.match(message);
    });
  }

  // lambda-intro-execution-role
  it("are refused with a role that Lambda cannot assume, or that is not there", async () => {
    const { Arn = "" } = await roles({ AssumeRolePolicyDocument: trust({ Service: "ec2.amazonaws.com" }) });
    for (const Role of [Arn, Arn.replace(/[^/]+$/, newName())]) {
      const refusal = await refused(target.lambda.createFunction(await aFunction(target, { Role })));
      expect(refusal).to.include({
        ...{ code: "InvalidParameterValueException", status: 400 },
        message: "The role defined for the function cannot be assumed by Lambda.",
      });
    }
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}
