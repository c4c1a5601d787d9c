import { createParser } from '../../../../src/parser/create-parser.js'
import type { ClientAdapter } from '../../../../src/testing/suites/client/client-trial.js'
import type { ServerSentEvent } from '../../../../src/wire/types.js'

/** What a client can get wrong, and the name of the case that must find it. */
export const CLIENT_MUTANTS = {
  asksWithPost: 'asks with GET',
  asksForAnything: 'asks for an event stream',
  asksCaches: 'asks past caches',
  sendsEmptyLastEventId: 'sends no Last-Event-ID before there is one',
  comparesTypeLiterally: 'takes the content type without case and parameters',
  honoursCharset: 'reads UTF-8 whatever the charset says',
  ignoresContentType: 'another content type fails',
  takesMissingType: 'a missing content type fails',
  comparesTypeByPrefix: 'a content type that only begins like an event stream fails',
  retries401: '401 fails',
  readsErrorBodies: '404 fails',
  retries503: '503 fails',
  retries204: '204 stops the client',
  comesBackAfter204: '204 stops the client when it comes back',
  doesNotRedirect: 'follows redirects',
  losesTypes: 'hands over events in order, with type and last event ID',
  takesOneEventPerChunk: 'takes many events in one chunk',
  decodesEachChunkAlone: 'takes a stream that drips byte by byte',
  takesAnySuccess: '201 fails',
  stopsAtCleanEnd: 'comes back after a clean end, again and again',
  stopsAtLostConnection: 'comes back after a lost connection',
  stopsAtEmptyAnswer: 'comes back after a clean end, again and again',
  stopsWithoutFirstAnswer: 'comes back when the first request gets no answer',
  stopsWithoutAnswer: 'comes back when there is no answer at all',
  dispatchesUnfinishedEvents: 'an event cut off is not dispatched',
  keepsDecoderBetweenStreams: 'nothing of a stream cut off leaks into the next',
  keepsParserBetweenStreams: 'nothing of a stream cut off leaks into the next',
  neverSendsId: 'sends the last event ID when it comes back',
  sendsIdAsItStands: 'sends the last event ID as UTF-8',
  commitsIdEarly: 'the id of an event cut off is not remembered',
  takesIdsFromEventsOnly: 'an id without data is remembered',
  ignoresEmptyIds: 'an empty id takes the header away',
  forgetsIdAfterReconnect: 'the last event ID outlives the connection',
  ignoresRetry: 'waits as long as retry says',
  waitsForAnEventToTakeRetry: 'retry counts as soon as its line ends',
  overflowsTimer: 'waits on a retry too long for a timer',
  deliversAfterClose: 'no event comes after close()',
  keepsConnection: 'close() lets go of the connection',
  comesBackAfterClose: 'close() between two connections is final',
}

/** The faults of an otherwise honest client. */
export type ClientFaults = Partial<Record<keyof typeof CLIENT_MUTANTS, boolean>>

/** A small client, honest but for its faults. */
export function faultyClient(faults: ClientFaults): ClientAdapter {
  return (url, { onEvent, onClose }) => {
    const abort = new AbortController()
    const state = { closed: false }
    let delay = 300
    let heldDelay: number | undefined
    let lastEventId = ''
    let attempts = 0
    let timer: ReturnType<typeof setTimeout> | undefined

    const makeParser = (hand: (event: ServerSentEvent) => void) =>
      createParser({
        onEvent: (event) => {
          if (faults.takesIdsFromEventsOnly) lastEventId = event.id
          delay = heldDelay ?? delay
          hand(faults.losesTypes ? { ...event, event: 'message' } : event)
        },
        onId: (id) => {
          if (faults.takesIdsFromEventsOnly || (faults.ignoresEmptyIds && id === '')) return
          lastEventId = id
        },
        onRetry: (ms) => {
          if (faults.waitsForAnEventToTakeRetry) heldDelay = ms
          else if (!faults.ignoresRetry) delay = faults.overflowsTimer ? (ms % 2 ** 31) | 0 : Math.min(ms, 2 ** 31 - 1)
          if (faults.overflowsTimer && ms > 2 ** 31) delay = 1
        },
        lastEventId: faults.forgetsIdAfterReconnect ? '' : lastEventId,
      })

    const deliver = (event: ServerSentEvent): void => {
      if (!state.closed || faults.deliversAfterClose) onEvent(event)
    }
    let kept = makeParser(deliver)
    const keptDecoder = new TextDecoder()

    const headers = (): Headers => {
      const all = new Headers()
      if (!faults.asksForAnything) all.set('accept', 'text/event-stream')
      const bytes = faults.sendsIdAsItStands ? lastEventId.replaceAll(/[^\0-\u00FF]/g, '?') : utf8(lastEventId)
      if (faults.neverSendsId) return all
      if (lastEventId !== '' || faults.sendsEmptyLastEventId) all.set('last-event-id', bytes)
      return all
    }

    const isStream = (type: string | null): boolean => {
      if (type === null) return faults.takesMissingType ?? faults.ignoresContentType ?? false
      if (faults.ignoresContentType) return true
      if (faults.comparesTypeLiterally) return type === 'text/event-stream'
      if (faults.comparesTypeByPrefix) return type.toLowerCase().startsWith('text/event-stream')
      return type.split(';')[0]!.trim().toLowerCase() === 'text/event-stream'
    }

    /** Whether there is to be another attempt. */
    const attempt = async (): Promise<boolean> => {
      attempts++
      const response = await fetch(url, {
        method: faults.asksWithPost ? 'POST' : 'GET',
        headers: headers(),
        cache: faults.asksCaches ? 'default' : 'no-store',
        redirect: faults.doesNotRedirect ? 'manual' : 'follow',
        signal: abort.signal,
      })
      const { status } = response
      const readable =
        status === 200 || (faults.takesAnySuccess && response.ok) || (faults.readsErrorBodies && status === 404)
      if (!readable || !isStream(response.headers.get('content-type'))) {
        await response.body?.cancel()
        if (status === 204 && attempts > 1 && faults.comesBackAfter204) return true
        return (
          (status === 401 && faults.retries401) ||
          (status === 503 && faults.retries503) ||
          (status === 204 && faults.retries204) ||
          false
        )
      }
      const isEmpty = !(await read(response))
      return !faults.stopsAtCleanEnd && !(isEmpty && faults.stopsAtEmptyAnswer)
    }

    /** Whether there was anything in it. */
    const read = async (response: Response): Promise<boolean> => {
      let isEmpty = true
      const parser = faults.keepsParserBetweenStreams ? kept : (kept = makeParser(deliver))
      const charset = /charset=([^;]*)/.exec(response.headers.get('content-type') ?? '')?.[1]
      const decoder = faults.honoursCharset && charset ? new TextDecoder(charset) : undefined
      const reader = response.body!.getReader()
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          const chunk = next.value
          isEmpty = false
          if (faults.takesOneEventPerChunk)
            parser.feed(new TextDecoder().decode(chunk).split('\n\n').slice(-2).join('\n\n'))
          else if (faults.decodesEachChunkAlone) parser.feed(new TextDecoder().decode(chunk))
          else if (faults.keepsDecoderBetweenStreams) parser.feed(keptDecoder.decode(chunk, { stream: true }))
          else parser.feed(decoder ? decoder.decode(chunk, { stream: true }) : chunk)
          if (faults.commitsIdEarly) {
            const id = /^id: (.*)$/gm.exec(new TextDecoder().decode(chunk).split('\n\n').at(-1)!)?.[1]
            if (id !== undefined) lastEventId = id
          }
        }
      } finally {
        if (faults.dispatchesUnfinishedEvents) parser.feed('\n\n')
        if (!faults.keepsParserBetweenStreams) parser.end()
      }
      return !isEmpty
    }

    const run = async (): Promise<void> => {
      let again = true
      while (again && !state.closed) {
        const before = attempts
        let answered = false
        again = await attempt()
          .then((result) => ((answered = true), result))
          .catch(() => !faults.stopsAtLostConnection)
        if (!answered && (before > 0 ? faults.stopsWithoutAnswer : faults.stopsWithoutFirstAnswer)) again = false
        if (again && !state.closed) {
          await new Promise<void>((resolve) => {
            timer = setTimeout(resolve, delay)
            if (!faults.comesBackAfterClose) abort.signal.addEventListener('abort', () => resolve(), { once: true })
          })
          clearTimeout(timer)
        }
        if (state.closed && faults.comesBackAfterClose) await fetch(url).then((response) => response.body?.cancel())
      }
      state.closed = true
      onClose()
    }
    void run().catch(() => {})

    return {
      close: () => {
        state.closed = true
        if (!faults.keepsConnection && !(faults.comesBackAfterClose && timer !== undefined)) abort.abort()
      },
    }
  }
}

const utf8 = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))
