import type { paintFor } from '../terminal/paint.js'
import { jsonLine, visible } from '../terminal/paint.js'

interface Shown {
  readonly event: string
  readonly raw: string
  readonly id: string
}

/** An event as `tail` prints it: a line, and one more for each further line of data. */
export function eventLine(
  { event, raw, id }: Shown,
  { json, paint }: { json: boolean; paint: ReturnType<typeof paintFor> },
): string {
  if (json) return `${jsonLine({ event, data: raw, id })}\n`
  const lines = visible(raw).split('\n')
  const head = [paint.cyan(visible(event)), ...(id === '' ? [] : [paint.dim(`#${visible(id)}`)])].join(' ')
  return `${head} ${lines.join('\n  ')}\n`
}
