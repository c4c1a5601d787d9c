import { createParser } from '../../src/parser/create-parser.js'
import type { ParserOptions } from '../../src/parser/types.js'
import type { ReferenceStep, ReferenceTrace } from '../../src/testing/reference-parse.js'

/** What the parser makes of one stream in these chunks, in the form of `referenceTrace`. */
export function traceParser(chunks: Iterable<string | Uint8Array>, options?: ParserOptions): ReferenceTrace {
  const { steps, callbacks } = recorder()
  const parser = createParser({ ...options, ...callbacks })
  for (const chunk of chunks) parser.feed(chunk)
  parser.end()
  return traceOf(steps, parser.lastEventId)
}

/** Callbacks that note all they are called with, in order. */
export function recorder(): {
  steps: ReferenceStep[]
  callbacks: Required<Pick<ParserOptions, 'onEvent' | 'onComment' | 'onRetry' | 'onId'>>
} {
  const steps: ReferenceStep[] = []
  return {
    steps,
    callbacks: {
      onEvent: (event) => void steps.push({ type: 'event', event }),
      onComment: (text) => void steps.push({ type: 'comment', text }),
      onRetry: (ms) => void steps.push({ type: 'retry', ms }),
      onId: (id) => void steps.push({ type: 'id', id }),
    },
  }
}

export function traceOf(steps: ReferenceStep[], lastEventId: string): ReferenceTrace {
  const trace: ReferenceTrace = { steps, events: [], comments: [], retries: [], ids: [], lastEventId }
  for (const step of steps) {
    if (step.type === 'event') trace.events.push(step.event)
    else if (step.type === 'comment') trace.comments.push(step.text)
    else if (step.type === 'retry') trace.retries.push(step.ms)
    else trace.ids.push(step.id)
  }
  return trace
}
