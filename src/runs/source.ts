import { isAsyncIterable, iteratorOf } from '../server/source-runner.js'
import type { Messages } from './run.js'

/** Whether it can be iterated. Not text, whose letters are no messages. */
export function isSource(value: unknown): value is Messages {
  if (typeof value !== 'object' || value === null) return false
  return isAsyncIterable(value) || typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
}

export function iteratorOfSource(source: Messages): unknown {
  return isAsyncIterable(source) ? iteratorOf(source) : source[Symbol.iterator]()
}
