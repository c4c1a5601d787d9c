import { CommandError, messageOf } from '../command-error.js'
import { requestOptionsOf } from '../request-options.js'
import { write } from '../terminal/write.js'
import type { TailValues } from './tail-values.js'

/** Copies the bytes of one answer to stdout. On a terminal nothing is made visible: use `cat -v` for that. */
export async function copyRaw(url: URL, values: TailValues, signal: AbortSignal): Promise<void> {
  const { method, headers, body } = requestOptionsOf(values)
  const id = values.lastEventId
  const response = await fetch(url, {
    method,
    headers: { accept: 'text/event-stream', ...(id !== undefined && { 'last-event-id': id }), ...headers },
    ...(body !== undefined && { body }),
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new CommandError(`no answer from ${url.origin}: ${messageOf((error as Error).cause ?? error)}`)
  })
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const bytes of response.body ?? []) await write(decoder.decode(bytes, { stream: true }))
  if (!response.ok) throw new CommandError(`${url.origin} answered ${response.status} ${response.statusText}`)
}
