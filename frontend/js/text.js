// How wide a text is, by a table of widths that suits the widest of the usual sans-serif fonts: the same on every machine, with or
// without a screen. Widths are in hundredths of the font size.

const NARROW = "ijltfrI.,:;'|!()[]/ ";
const WIDE = "mwMW@%";

export function measure(text, font) {
  const size = parseFloat(/(\d+(?:\.\d+)?)px/.exec(font ?? "")?.[1] ?? 12);
  const bold = /bold|[6-9]00/.test(font ?? "") ? 1.06 : 1;
  let width = 0;
  for (const sign of text ?? "") {
    const code = sign.codePointAt(0);
    if (NARROW.includes(sign)) width += 36;
    else if (WIDE.includes(sign)) width += 95;
    else if (code >= 0x2e80) width += 100;
    else if (sign >= "A" && sign <= "Z") width += 68;
    else width += 61;
  }
  return { width: (width * size * bold) / 100 };
}
