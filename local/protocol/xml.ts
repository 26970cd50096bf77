// The XML of S3, by the service's published model.
import { XmlShapeDeserializer, XmlShapeSerializer } from "@aws-sdk/core/protocols";
import { type Member, ServiceError } from "./model.ts";

export const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
export const XML_TYPE = "application/xml";
const ISO_8601 = 5;
const SETTINGS = {
  xmlNamespace: NAMESPACE,
  serviceNamespace: "com.amazonaws.s3",
  timestampFormat: { useTrait: true, default: ISO_8601 },
  httpBindings: true,
} as never;

/** Throws MalformedXML. */
export async function readXml(schema: Member["schema"], body: Uint8Array): Promise<unknown> {
  try {
    return await new XmlShapeDeserializer(SETTINGS).read(schema, body);
  } catch {
    throw malformedXml();
  }
}

export function malformedXml(): ServiceError {
  const message = "The XML you provided was not well-formed or did not validate against our published schema";
  return new ServiceError("MalformedXML", message);
}

/** The element only, without a prolog. */
export function writeXml(schema: Member["schema"], value: unknown): string {
  const serializer = new XmlShapeSerializer(SETTINGS);
  serializer.write(schema, value);
  return wholeSeconds(escapeControls(serializer.flush() as string));
}

export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

/** S3 writes milliseconds even where there are none, which the serializer leaves out. */
function wholeSeconds(document: string): string {
  return document.replace(/(<(?:LastModified|Initiated|CreationDate)>[^<.]*)Z</g, "$1.000Z<");
}

export function escapeXml(text: string): string {
  const entities: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };
  return escapeControls(text.replace(/[<>&"]/g, (character) => entities[character] ?? character));
}

/** Keys may have control characters, which XML has only as references, and a line end that parsers would change. */
function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
  return text.replace(/[\0-\x08\v\f\r\x0e-\x1f]/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`);
}
