// Message attributes, and what SQS checks of a message before it takes it.
import { createHash } from "node:crypto";
import { ServiceError } from "../protocol/model.ts";
import type { Queue } from "./queues.ts";

/** As on the wire: binary values are base64. */
export type MessageAttributes = Record<
  string,
  { DataType?: string; StringValue?: string; BinaryValue?: string }
>;

const MAX_DELAY_SECONDS = 900;
const MAX_ATTRIBUTES = 10;
const INVALID_CHARACTERS =
  "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.";
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const INVALID_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export function messageBytes(body: string, attributes: MessageAttributes = {}): number {
  const ofAttributes = Object.entries(attributes).map(
    ([name, { DataType = "", StringValue = "", BinaryValue = "" }]) => {
      return (
        Buffer.byteLength(name) +
        Buffer.byteLength(DataType) +
        Buffer.byteLength(StringValue) +
        Buffer.byteLength(BinaryValue, "base64")
      );
    },
  );
  return ofAttributes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(body));
}

export function checkMessage(
  queue: Queue,
  body: string,
  attributes: MessageAttributes = {},
  delaySeconds = 0,
): void {
  if (body === "")
    throw new ServiceError("MissingParameter", "The request must contain the parameter MessageBody.");
  if (INVALID_CHARACTER.test(body)) throw new ServiceError("InvalidMessageContents", INVALID_CHARACTERS);
  checkAttributeValues(attributes);
  const { maxMessageBytes } = queue.settings;
  if (messageBytes(body, attributes) > maxMessageBytes)
    throw invalid(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`,
    );
  if (!(delaySeconds >= 0 && delaySeconds <= MAX_DELAY_SECONDS)) {
    throw invalid(
      `Value ${delaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`,
    );
  }
}

/** Of a standard queue, where it makes shares fair and nothing else: kept and told, but all messages are alike here. */
export function checkGroup(group: string | undefined): void {
  if (group === undefined || /^[!-~]{1,128}$/.test(group)) return;
  const reason =
    "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.";
  throw invalid(`Value ${group} for parameter MessageGroupId is invalid. Reason: ${reason}`);
}

/** There is one: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
export function checkSystemAttributes(attributes: MessageAttributes = {}): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== "AWSTraceHeader") throw invalid(`Message system attribute name '${name}' is invalid.`);
    checkAttributeValue(name, value);
  }
}

function checkAttributeValues(attributes: MessageAttributes): void {
  const values = Object.values(attributes);
  if (values.length > MAX_ATTRIBUTES) {
    throw invalid(
      `Number of message attributes [${values.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    );
  }
  for (const [name, value] of Object.entries(attributes)) {
    checkAttributeName(name);
    checkAttributeValue(name, value);
  }
}

/** Letters of any script, as recorded of AWS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
function checkAttributeName(name: string): void {
  const valid =
    /^[\p{L}\p{N}_.-]{1,256}$/u.test(name) && !/^\.|\.$|\.\./.test(name) && !/^(aws|amazon)\./i.test(name);
  if (!valid) throw invalid(`The name of message (user) attribute '${name}' is invalid.`);
}

function checkAttributeValue(
  name: string,
  { DataType = "", StringValue, BinaryValue }: MessageAttributes[string],
): void {
  const [type = ""] = DataType.split(".");
  if (!/^(String|Number|Binary)(\..+)?$/.test(DataType) || DataType.length > 256)
    throw invalid(`The type of message (user) attribute '${name}' is invalid.`);
  if (!(type === "Binary" ? BinaryValue : StringValue)) {
    const message = `Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`;
    throw invalid(message);
  }
  if (INVALID_CHARACTER.test(StringValue ?? "")) throw invalid(INVALID_CHARACTERS);
  if (type === "Number" && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(StringValue ?? ""))
    throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
}

/** SDKs check it: each attribute, in the order of names, with every part preceded by its length. */
export function attributesMd5(attributes: MessageAttributes): string {
  const hash = createHash("md5");
  const add = (part: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    hash.update(length).update(part);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType = "", StringValue = "", BinaryValue = "" } = attributes[name] ?? {};
    const binary = DataType.startsWith("Binary");
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.from([binary ? 2 : 1]));
    add(binary ? Buffer.from(BinaryValue, "base64") : Buffer.from(StringValue));
  }
  return hash.digest("hex");
}

export function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterValue", message);
}
