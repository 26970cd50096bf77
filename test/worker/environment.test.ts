import { expect } from "chai";
import { SettingsError } from "../../settings/problem.ts";
import { readEnvironment } from "../../worker/environment.ts";

const COMPLETE = {
  SOURCE_BUCKET: "uploads",
  DESTINATION_BUCKET: "renditions",
  WORK_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/000000000000/work",
  DEAD_LETTER_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/000000000000/dead",
  MAX_RECEIVE_COUNT: "5",
  DARKROOM_RECIPE: "{}",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769",
};

function problemsOf(variables: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("readEnvironment", () => {
  it("reads what the deployment sets", () => {
    const environment = readEnvironment(COMPLETE);

    expect(environment).to.deep.include({ sourceBucket: "uploads", maxReceiveCount: 5 });
    expect(environment.memoryBytes).to.equal(1769 * 1024 * 1024);
    expect(environment.recipe.removeWithSource).to.equal(true);
    expect([environment.catalogTable, environment.eventsTopicArn]).to.deep.equal([undefined, undefined]);
  });

  it("reads who wants to hear of outcomes", () => {
    const names = { CATALOG_TABLE: "catalog", EVENTS_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:events" };

    expect(readEnvironment({ ...COMPLETE, ...names })).to.include({
      catalogTable: names.CATALOG_TABLE,
      eventsTopicArn: names.EVENTS_TOPIC_ARN,
    });
  });

  it("reports everything that is missing at once", () => {
    const problems = problemsOf({});

    expect(problems).to.have.length(Object.keys(COMPLETE).length);
    expect(problems).to.include("Expected text for SOURCE_BUCKET, but received nothing.");
  });

  it("refuses numbers that are none, and recipes that are none", () => {
    const wrong = { MAX_RECEIVE_COUNT: "0", DARKROOM_RECIPE: '{"variants":[]}', WORK_QUEUE_URL: "work" };

    expect(problemsOf({ ...COMPLETE, ...wrong })).to.have.length(3);
  });

  it("refuses to write into the bucket it reads from", () => {
    expect(problemsOf({ ...COMPLETE, DESTINATION_BUCKET: "uploads" })).to.deep.equal([
      'Expected another bucket than SOURCE_BUCKET for DESTINATION_BUCKET, but received "uploads".',
    ]);
  });
});
