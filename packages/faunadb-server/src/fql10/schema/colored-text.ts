// Text with the colours of a terminal, or without.

const CODES = { green: '32', red: '31', yellow: '33', blue: '34', cyan: '36' } as const;
export type Color = keyof typeof CODES;

/** Builds a text. Colours apply to what is appended after they are selected. */
export class ColoredText {
  text = '';
  readonly #isColored: boolean;
  #shown: { color: Color | undefined; bold: boolean } = { color: undefined, bold: false };
  #next: { color?: Color | undefined; bold?: boolean } = {};

  constructor(isColored: boolean) {
    this.#isColored = isColored;
  }

  append(text: string): void {
    if (this.#isColored) this.#change();
    this.text += text;
  }

  select(color: Color): void {
    this.#next.color = color;
  }

  bold(): void {
    this.#next.bold = true;
  }

  reset(): void {
    this.#next = { color: undefined, bold: false };
  }

  // Writes one sequence for all that has changed since the last text.
  #change(): void {
    const before = this.#shown;
    const after = { ...before, ...this.#next };
    if (after.color === before.color && after.bold === before.bold) return;
    const codes: string[] = [];
    if (after.color === undefined && before.color !== undefined) {
      codes.push('0');
      if (after.bold) codes.push('1');
    } else {
      if (after.bold !== before.bold) codes.push(after.bold ? '1' : '22');
      if (after.color !== undefined && after.color !== before.color) codes.push(CODES[after.color]);
    }
    this.text += `\u001b[${codes.join(';')}m`;
    this.#shown = after;
    this.#next = {};
  }
}
