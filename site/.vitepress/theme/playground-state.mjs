const LINE_ENDS = ['LF', 'CRLF', 'CR']

/** The bytes in pieces, cut at the places given. Empty pieces are left out. */
export function pieces(bytes, cuts) {
  const edges = [0, ...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length]
  return edges
    .slice(1)
    .map((end, index) => bytes.subarray(edges[index], end))
    .filter((piece) => piece.length > 0)
}

/** What the page shows, as the fragment of its address. */
export function writeAddress({ text, cuts, lineEnd }) {
  return `#${new URLSearchParams({ text, cuts: cuts.join('.'), lines: lineEnd })}`
}

/** The state in a fragment, or undefined. The fragment is hostile: whatever is in it, the state makes sense. */
export function readAddress(fragment) {
  const parameters = new URLSearchParams(fragment.slice(1))
  const text = parameters.get('text')
  if (text === null) return undefined
  const cuts = (parameters.get('cuts') ?? '')
    .split('.')
    .filter((cut) => /^\d{1,6}$/.test(cut))
    .map(Number)
  const lineEnd = parameters.get('lines')
  return {
    text,
    cuts: [...new Set(cuts)].toSorted((a, b) => a - b),
    lineEnd: LINE_ENDS.includes(lineEnd) ? lineEnd : 'LF',
  }
}
