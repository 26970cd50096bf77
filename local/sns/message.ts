// A message as its publisher gives it: what SNS checks of it, and what subscribers receive.
import { ServiceError } from "../protocol/model.ts";
import type { MessageAttributes } from "../sqs/message-attributes.ts";
import { invalid } from "./refusals.ts";

export interface Message {
  text: string;
  subject: string | undefined;
  /** By protocol, when it was published with a structure; `default` is for all others. */
  byProtocol: Record<string, string> | undefined;
  attributes: MessageAttributes;
}

/** Of PublishInput and of an entry of a batch. */
export interface Published {
  Message?: string | undefined;
  Subject?: string | undefined;
  MessageStructure?: string | undefined;
  MessageAttributes?: object | undefined;
  MessageGroupId?: string | undefined;
}

export const MAX_MESSAGE_BYTES = 262_144;
const MAX_SUBJECT_LENGTH = 100;

/** Throws InvalidParameter, or ParameterValueInvalid for attributes. */
export function readMessage(published: Published): Message {
  const { Message: text = "", Subject: subject, MessageStructure } = published;
  const attributes = (published.MessageAttributes ?? {}) as MessageAttributes;
  if (text === "") throw invalid("Empty message");
  if (subject !== undefined) checkSubject(subject);
  for (const [name, value] of Object.entries(attributes)) {
    checkAttributeName(name);
    checkAttributeValue(name, value);
  }
  if (publishedBytes(published) > MAX_MESSAGE_BYTES) throw invalid("Message too long");
  const byProtocol = MessageStructure === "json" ? readStructure(text) : undefined;
  return { text, subject, byProtocol, attributes };
}

export function publishedBytes({ Message = "", MessageAttributes = {} }: Published): number {
  const parts = Object.entries(MessageAttributes as MessageAttributes).flatMap(([name, value]) => [
    Buffer.byteLength(name + (value.DataType ?? "") + (value.StringValue ?? "")),
    Buffer.byteLength(value.BinaryValue ?? "", "base64"),
  ]);
  return parts.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(Message));
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: ASCII, no line ends, not empty, fewer than 100. */
function checkSubject(subject: string): void {
  if (subject.length > MAX_SUBJECT_LENGTH || !/^[\x21-\x7e][\x20-\x7e]*$/.test(subject))
    throw invalid("Subject");
}

function readStructure(text: string): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid("Message Structure - JSON message body failed to parse");
  }
  const byProtocol = (parsed ?? {}) as Record<string, string>;
  if (typeof byProtocol.default !== "string")
    throw invalid("Message Structure - No default entry in JSON message body");
  return byProtocol;
}

function checkAttributeName(name: string): void {
  if (name === "" || name.length > 256)
    throw wrongAttribute("Length of message attribute name must be less than 256 bytes.");
  const strange = /[^\w.-]/.exec(name)?.[0];
  if (strange !== undefined) {
    const code = strange.charCodeAt(0).toString(16).toUpperCase();
    throw wrongAttribute(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  if (name.startsWith("."))
    throw wrongAttribute("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith("."))
    throw wrongAttribute("Invalid message attribute name ending with character '.' was found.");
  if (name.includes(".."))
    throw wrongAttribute("Message attribute name can not have successive '.' character.");
}

function checkAttributeValue(name: string, value: MessageAttributes[string]): void {
  const { DataType = "", StringValue, BinaryValue } = value;
  const [type = ""] = DataType.split(".");
  if (DataType === "")
    throw new ServiceError(
      "ValidationError",
      `Value null at '${name}.dataType' failed to satisfy constraint: Member must not be null`,
    );
  if (!/^(String|Number|Binary)(\..+)?$/.test(DataType)) {
    throw wrongAttribute(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const field = type === "Binary" ? "Binary" : "String";
  const [wanted, other] = type === "Binary" ? [BinaryValue, StringValue] : [StringValue, BinaryValue];
  if (other !== undefined)
    throw wrongAttribute(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
  if (!wanted) {
    throw wrongAttribute(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (type === "Number" && !Number.isFinite(Number(wanted)))
    throw wrongAttribute(`Could not cast message attribute '${name}' value to number.`);
}

function wrongAttribute(message: string): ServiceError {
  return new ServiceError("ParameterValueInvalid", message);
}
