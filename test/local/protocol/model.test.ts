// The model is read from the SDK, where it is exported but not documented: this is where an upgrade would show.
import * as s3 from "@aws-sdk/client-s3";
import { expect } from "chai";
import { readModel } from "../../../local/protocol/model.ts";
import { createRouter } from "../../../local/protocol/rest-router.ts";
import type { S3Context } from "../../../local/s3/context.ts";
import { s3Handlers } from "../../../local/s3/s3.ts";
import { STATUSES } from "../../../local/s3/statuses.ts";

const model = readModel(s3);
const served = Object.keys(s3Handlers({} as S3Context));

type Arguments = Parameters<ReturnType<typeof createRouter>>;

/** The least that the model asks for: method, path, and what is required of query and headers. */
function aRequestFor(name: string): { request: Arguments[0]; target: Arguments[1] } {
  const { http, input } = model.operations.get(name)!;
  const [path, search = ""] = http!.uri.split("?");
  const query = new URLSearchParams(search);
  query.delete("x-id");
  const required = input.filter((member) => member.required).map(({ traits }) => traits);
  for (const { httpQuery } of required) if (httpQuery) query.set(String(httpQuery), "1");
  const names = required.flatMap(({ httpHeader }) => (httpHeader ? [String(httpHeader).toLowerCase()] : []));
  const headers = Object.fromEntries(names.map((header) => [header, "1"]));
  return {
    request: { method: http!.method, query, headers } as Arguments[0],
    target: {
      bucket: input.some((member) => member.name === "Bucket") ? "photos" : undefined,
      key: path!.includes("{Key+}") ? "cat.jpg" : undefined,
    },
  };
}

describe("the published model of S3", () => {
  it("lists every operation, with its HTTP binding", () => {
    expect(model.operations.size).to.be.at.least(100);
    for (const operation of model.operations.values()) {
      expect(operation.http, operation.name).to.have.keys("method", "uri", "status");
    }
  });

  it("knows every operation that is served", () => {
    expect(served.filter((name) => !model.operations.has(name))).to.deep.equal([]);
    expect(served).to.have.length.above(40);
  });

  for (const name of served) {
    it(`leads a request for ${name} to it`, () => {
      const { request, target } = aRequestFor(name);

      expect(createRouter(model)(request, target)?.name).to.equal(name);
    });

    it(`says where every member of ${name} travels`, () => {
      const { input, output } = model.operations.get(name)!;
      for (const { name: member, traits } of input) {
        const places = ["httpHeader", "httpQuery", "httpLabel", "httpPayload", "httpPrefixHeaders"];
        expect(
          places.filter((place) => traits[place] !== undefined),
          member,
        ).to.have.length(1);
      }
      for (const { name: member, traits } of output) {
        const places = ["httpHeader", "httpPayload", "httpPrefixHeaders"];
        expect(
          places.filter((place) => traits[place] !== undefined),
          member,
        ).to.have.length.at.most(1);
      }
    });
  }

  it("gives the errors we answer with a status, where our own list does not", () => {
    const modelled = ["NoSuchBucket", "NoSuchKey", "NoSuchUpload", "BucketAlreadyOwnedByYou"];
    expect(modelled.map((name) => model.errors.get(name)?.status)).to.deep.equal([404, 404, 404, 409]);
    expect(
      Object.values(STATUSES).every((status) => status === 304 || (status >= 400 && status <= 501)),
    ).to.equal(true);
  });
});
