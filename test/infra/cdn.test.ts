import { expect } from "chai";
import { type MockedRun, statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const DOMAIN = {
  name: "img.example.org",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/mine",
};

describe("The CDN", () => {
  let run: MockedRun;

  before(async () => {
    run = await declareDarkroom({ cdn: true });
  });

  it("is not there unless it is asked for", async () => {
    const plain = await declareDarkroom();
    expect(plain.resources.filter(({ type }) => type.includes("cloudfront"))).to.deep.equal([]);
    expect(Object.keys(statementsOf(plain.one(BUCKET_POLICY, "destination").inputs.policy))).to.deep.equal([
      "DenyWithoutTls",
    ]);
  });

  it("reads the destination bucket, and signs what it asks for", () => {
    const { origins, defaultCacheBehavior } = run.one(DISTRIBUTION).inputs;
    expect(origins).to.deep.equal([
      {
        originId: "renditions",
        domainName: "photos-destination-1a2b3c4.s3.eu-west-1.amazonaws.com",
        originAccessControlId: "photos-cdn-id",
      },
    ]);
    expect(defaultCacheBehavior.targetOriginId).to.equal("renditions");
    expect(run.one("aws:cloudfront/originAccessControl:OriginAccessControl").inputs).to.deep.equal({
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
  });

  it("alone may read, and may not list; the bucket's policy comes after it", () => {
    const { inputs, dependsOn } = run.one(BUCKET_POLICY, "destination");
    const { LetCdnRead, ...others } = statementsOf(inputs.policy);
    expect(LetCdnRead).to.deep.equal({
      Sid: "LetCdnRead",
      Effect: "Allow",
      Principal: { Service: "cloudfront.amazonaws.com" },
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::photos-destination-1a2b3c4/*",
      Condition: {
        StringEquals: { "aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/photos-cdn-1a2b3c4" },
      },
    });
    expect(Object.keys(others)).to.deep.equal(["DenyWithoutTls"]);
    expect(dependsOn).to.include(run.one(DISTRIBUTION).urn);
    expect(run.one(BUCKET_POLICY, "source").inputs.policy).not.to.include("cloudfront");
  });

  it("keeps what it has as long as renditions say, one copy of each", () => {
    const { inputs } = run.one("aws:cloudfront/cachePolicy:CachePolicy");
    const { minTtl, maxTtl, parametersInCacheKeyAndForwardedToOrigin: key } = inputs;
    expect(minTtl).to.equal(0); // so that five minutes are five minutes
    expect(maxTtl).to.be.at.least(31_536_000); // and for ever, a year
    expect([key.cookiesConfig.cookieBehavior, key.headersConfig.headerBehavior]).to.deep.equal([
      "none",
      "none",
    ]);
    expect(key.queryStringsConfig.queryStringBehavior).to.equal("none");
    expect([key.enableAcceptEncodingBrotli, key.enableAcceptEncodingGzip]).to.deep.equal([false, false]);
    const { defaultCacheBehavior } = run.one(DISTRIBUTION).inputs;
    expect(defaultCacheBehavior).to.include({ cachePolicyId: "photos-cdn-id", compress: false });
  });

  it("lets no image become a page, and scripts of other sites read manifests", () => {
    const { inputs } = run.one("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy");
    expect(inputs.securityHeadersConfig).to.deep.equal({
      contentTypeOptions: { override: true },
      contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override: true },
      strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, override: true },
    });
    expect(inputs.corsConfig.accessControlAllowCredentials).to.equal(false);
    expect(run.one(DISTRIBUTION).inputs.defaultCacheBehavior.responseHeadersPolicyId).to.equal(
      "photos-cdn-id",
    );
  });

  it("speaks HTTP/2 and 3 over TLS, and answers GET and HEAD alone", () => {
    const { inputs } = run.one(DISTRIBUTION);
    expect(inputs).to.deep.include({
      enabled: true,
      httpVersion: "http2and3",
      priceClass: "PriceClass_100",
      viewerCertificate: { cloudfrontDefaultCertificate: true },
    });
    expect(inputs.defaultCacheBehavior).to.deep.include({
      viewerProtocolPolicy: "redirect-to-https",
      allowedMethods: ["GET", "HEAD"],
    });
    expect(inputs).not.to.have.property("aliases");
  });

  it("takes a name of your own, with TLS 1.2 at least, and a price class", async () => {
    const named = await declareDarkroom({ cdn: true, cdnDomain: DOMAIN, cdnPriceClass: "PriceClass_All" });
    expect(named.one(DISTRIBUTION).inputs).to.deep.include({
      aliases: ["img.example.org"],
      priceClass: "PriceClass_All",
      viewerCertificate: {
        acmCertificateArn: DOMAIN.certificateArn,
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      },
    });
  });

  it("is the same in a preview, where its arn is not known", async () => {
    const preview = await declareDarkroom({ cdn: true }, { preview: true });
    const namesOf = ({ resources }: MockedRun) => resources.map(({ type, name }) => `${type} ${name}`);
    expect(namesOf(preview)).to.have.members(namesOf(run));
  });
});
