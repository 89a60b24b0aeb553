// How many SMS a text is, by the same rules as the service: GSM-7 or, for any other letter, UCS-2.
const BASIC = new Set("\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ");
const EXTENDED = new Set("\f[\\]^{|}~€");
// What the service replaces before it sends.
const FOLDED = { "\u2018": "'", "\u2019": "'", "\u201c": "\"", "\u201d": "\"", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u00a0": " " };

export function counted(given) {
  const text = [...given].map((char) => FOLDED[char] ?? char).join("");
  const plain = [...text].every((char) => BASIC.has(char) || EXTENDED.has(char));
  const size = plain ? [...text].reduce((sum, char) => sum + (EXTENDED.has(char) ? 2 : 1), 0) : text.length;
  const [one, more] = plain ? [160, 153] : [70, 67];
  const segments = size <= one ? 1 : Math.ceil(size / more);
  return { segments, left: (segments === 1 ? one : segments * more) - size, encoding: plain ? "GSM-7" : "UCS-2" };
}
