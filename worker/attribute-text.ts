// Text from strangers as the attribute of a message: SQS and SNS refuse a message for any other character than these, for
// an empty one, and for what is too long together.

const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const MAX_BYTES = 1024;

/** Cut at a whole character. */
export function attributeText(text: string): string {
  const bytes = new TextEncoder().encode(text.replace(FORBIDDEN, "\u{FFFD}"));
  return new TextDecoder().decode(bytes.subarray(0, MAX_BYTES), { stream: true }) || "-";
}
