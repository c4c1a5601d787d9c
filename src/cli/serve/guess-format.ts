/** `sse`: the wire format. `ndjson`: a JSON value on each line. `lines`: each line is the data of an event. */
export type Format = 'sse' | 'ndjson' | 'lines'

export const FORMATS: readonly Format[] = ['sse', 'ndjson', 'lines']

const FIELD_LINE = /^(?::|(?:data|event|id|retry)(?::|$))/

/** By the name of the file, else by the first line that says something. */
export function guessFormat(name: string, firstLine: string): Format {
  if (/\.(?:ndjson|jsonl|json)$/i.test(name)) return 'ndjson'
  if (/\.(?:sse|eventstream|event-stream)$/i.test(name)) return 'sse'
  const line = firstLine.replace(/^\ufeff/, '')
  if (FIELD_LINE.test(line)) return 'sse'
  return line.startsWith('{') && isJson(line) ? 'ndjson' : 'lines'
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
