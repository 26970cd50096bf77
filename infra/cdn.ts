// A CloudFront distribution in front of the destination bucket, which stays private: the distribution signs what it asks for,
// and the bucket's policy lets this one read and nobody else.
//
// Renditions say themselves how long they may be kept: five minutes, or for ever when they are immutable. The cache obeys.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings.ts";
import type { Statement } from "./policy.ts";
import { keysOf, type PrivateBucket } from "./private-bucket.ts";

export interface CdnArgs {
  settings: Settings;
  destination: PrivateBucket;
}

const ORIGIN = "renditions";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

export class Cdn extends pulumi.ComponentResource {
  readonly distribution: aws.cloudfront.Distribution;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: CdnArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Cdn", name, {}, options);
    const { settings, destination } = args;
    const { cdnDomain, cdnPriceClass, tags } = settings;
    const child = { parent: this };
    const access = new aws.cloudfront.OriginAccessControl(
      name,
      { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" },
      child,
    );
    this.distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: pulumi.interpolate`Renditions of ${destination.name}`,
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        priceClass: cdnPriceClass,
        origins: [
          {
            originId: ORIGIN,
            domainName: destination.bucket.bucketRegionalDomainName,
            originAccessControlId: access.id,
          },
        ],
        defaultCacheBehavior: {
          targetOriginId: ORIGIN,
          viewerProtocolPolicy: "redirect-to-https",
          allowedMethods: ["GET", "HEAD"],
          cachedMethods: ["GET", "HEAD"],
          compress: false, // images are compressed already
          cachePolicyId: obeyOrigin(name, child).id,
          responseHeadersPolicyId: harmless(name, child).id,
        },
        restrictions: { geoRestriction: { restrictionType: "none" } },
        ...addressOf(cdnDomain),
        tags,
      },
      child,
    );
    this.url = pulumi.interpolate`https://${cdnDomain?.name ?? this.distribution.domainName}`;
    this.registerOutputs({ url: this.url });
  }
}

/** For the policy of the destination bucket. Not to list it: whoever asks for `/` would get every key. */
export function letCdnRead(arn: pulumi.Output<string>, distributionArn: pulumi.Output<string>): Statement {
  return {
    Sid: "LetCdnRead",
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: keysOf({ arn }),
    Condition: { StringEquals: { "aws:SourceArn": distributionArn } },
  };
}

/** CloudFront sets no lower limit to TLS for its own names: 1.2 takes a name and a certificate of one's own. */
function addressOf(domain: Settings["cdnDomain"]) {
  if (!domain) return { viewerCertificate: { cloudfrontDefaultCertificate: true } };
  return {
    aliases: [domain.name],
    viewerCertificate: {
      acmCertificateArn: domain.certificateArn,
      sslSupportMethod: "sni-only",
      minimumProtocolVersion: "TLSv1.2_2021",
    },
  };
}

/** One copy of each key, whatever comes with the request. */
function obeyOrigin(name: string, options: pulumi.CustomResourceOptions) {
  return new aws.cloudfront.CachePolicy(
    name,
    {
      comment: "As long as the rendition says.",
      minTtl: 0,
      defaultTtl: 300,
      maxTtl: YEAR_SECONDS,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
        enableAcceptEncodingBrotli: false,
        enableAcceptEncodingGzip: false,
      },
    },
    options,
  );
}

/** Images come from strangers: no browser may take one for a page, or let it load or run anything. */
function harmless(name: string, options: pulumi.CustomResourceOptions) {
  const override = true;
  return new aws.cloudfront.ResponseHeadersPolicy(
    name,
    {
      comment: "Images, and nothing else.",
      securityHeadersConfig: {
        contentTypeOptions: { override },
        contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; sandbox", override },
        strictTransportSecurity: { accessControlMaxAgeSec: YEAR_SECONDS, override },
      },
      // Scripts of any site may read a manifest: what is here is public, and comes without cookies.
      corsConfig: {
        accessControlAllowCredentials: false,
        accessControlAllowHeaders: { items: ["*"] },
        accessControlAllowMethods: { items: ["GET", "HEAD"] },
        accessControlAllowOrigins: { items: ["*"] },
        originOverride: true,
      },
    },
    options,
  );
}
