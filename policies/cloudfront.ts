// The CDN, where there is one. CloudFront.5 (logs) and CloudFront.6 (a firewall) are the owner's choice: the hook
// `distribution` takes both. CloudFront.7 and .8 (a certificate of one's own) are the setting cdnDomain.
import { every, type Resource, type Rule } from "./rule.ts";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const YEAR_SECONDS = 31_536_000;

export const cloudfrontRules: Record<string, Rule> = {
  "distribution-https-only": {
    says: "A distribution takes nothing over plain HTTP, nor over old TLS under a name of its own.",
    controls: ["CloudFront.3", "CloudFront.15"],
    offenders: every(DISTRIBUTION, ({ defaultCacheBehavior, aliases = [], viewerCertificate }) => {
      const isEncrypted = ["redirect-to-https", "https-only"].includes(
        defaultCacheBehavior?.viewerProtocolPolicy,
      );
      const isNew = aliases.length === 0 || viewerCertificate?.minimumProtocolVersion >= "TLSv1.2_2021";
      return isEncrypted && isNew;
    }),
  },
  "distribution-signs-requests": {
    says: "A distribution signs what it asks for: its bucket stays private.",
    controls: ["CloudFront.13"],
    offenders: (stack) =>
      stack.of(DISTRIBUTION).filter(({ inputs: { origins } }) => {
        const controls = stack.of("aws:cloudfront/originAccessControl:OriginAccessControl");
        const isSigning = controls.some(
          ({ inputs }) => inputs.signingBehavior === "always" && inputs.signingProtocol === "sigv4",
        );
        return !(isSigning && origins.every((origin: Resource["inputs"]) => origin.originAccessControlId));
      }),
  },
  "images-stay-images": {
    says: "A distribution lets no image become a page: nosniff, a policy that allows nothing, HSTS for a year.",
    controls: [],
    offenders: every(
      "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
      ({ securityHeadersConfig: { contentTypeOptions, contentSecurityPolicy, strictTransportSecurity } }) =>
        contentTypeOptions?.override &&
        /default-src 'none'/.test(contentSecurityPolicy?.contentSecurityPolicy) &&
        strictTransportSecurity?.accessControlMaxAgeSec >= YEAR_SECONDS,
    ),
  },
};
