// Text from outside, made safe and short for a terminal. A key may hold escape sequences that move the cursor, recolour
// or retitle the window.

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function printable(text: string): string {
  return text.replace(CONTROLS, "�");
}

const graphemes = new Intl.Segmenter();

/** Characters that take two columns: East Asian scripts, full-width forms and emoji. */
const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\uff01-\uff60]/u;

export function columnsOf(text: string): number {
  return [...graphemes.segment(text)].reduce((columns, { segment }) => columns + widthOf(segment), 0);
}

function widthOf(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Leaves out the middle: a key's folder and the end of its name tell more than what is between. */
export function shorten(text: string, maxColumns: number): string {
  if (columnsOf(text) <= maxColumns) return text;
  const characters = [...graphemes.segment(text)].map(({ segment }) => segment);
  const headColumns = Math.floor((maxColumns - 1) / 3);
  const head = take(characters, headColumns);
  const tail = take(characters.toReversed(), maxColumns - 1 - headColumns);
  return `${head.join("")}…${tail.toReversed().join("")}`;
}

function take(characters: readonly string[], maxColumns: number): string[] {
  let columns = 0;
  return characters.slice(
    0,
    characters.findIndex((character) => {
      columns += widthOf(character);
      return columns > maxColumns;
    }),
  );
}

/** Each of its lines. */
export function indent(text: string, columns: number): string {
  return text.replaceAll(/^/gm, " ".repeat(columns));
}

/** Lines of whole words; only a word that is longer than a line is broken. */
export function wrap(text: string, maxColumns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((long) => pieces(long, maxColumns))) {
    if (line !== "" && columnsOf(line) + 1 + columnsOf(word) > maxColumns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function pieces(word: string, maxColumns: number): string[] {
  if (columnsOf(word) <= maxColumns) return [word];
  const characters = [...graphemes.segment(word)].map(({ segment }) => segment);
  const head = take(characters, maxColumns);
  return [head.join(""), ...pieces(characters.slice(head.length).join(""), maxColumns)];
}

const COLUMNS = 80;

/**
 * On a terminal, sentences in lines of whole words. What is indented is a command, which a terminal lets one copy whole
 * when the terminal itself breaks it; and pipes get lines as they are.
 */
export function readable(text: string): string {
  const { isTTY, columns } = process.stderr;
  if (!isTTY) return text;
  const broken = (line: string) =>
    line.startsWith(" ") ? [line] : wrap(line, Math.min(COLUMNS, columns || COLUMNS));
  return text.split("\n").flatMap(broken).join("\n");
}
