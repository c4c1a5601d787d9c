import { encode } from '../../encoder/encode.js'
import { MAX_DELAY } from '../../wire/constants.js'
import type { Action } from './plan-types.js'

/** Throws, naming the step. */
export type Fail = (message: string, cause?: unknown) => never

const EVENT_FIELDS: readonly string[] = ['comment', 'event', 'id', 'retry', 'data']
const DRIP_OPTIONS: readonly string[] = ['size', 'gap']

const encoder = new TextEncoder()

/** What a step with `bytes` or `event` writes, up to where it is cut. */
export function deliver(kind: 'bytes' | 'event', step: Record<string, unknown>, fail: Fail): Action[] {
  const { drip, cutAfter } = step
  const bytes = kind === 'bytes' ? bytesOf('bytes', step['bytes'], fail) : encodeEvent(step['event'], fail)
  const kept = cutAfter === undefined ? bytes : bytes.subarray(0, cutPoint(bytes, cutAfter, fail))
  return drip === undefined ? [{ kind: 'write', bytes: kept }] : dripOf(kept, drip, fail)
}

export function bytesOf(key: string, value: unknown, fail: Fail): Uint8Array {
  if (typeof value === 'string') return encoder.encode(value)
  if (value instanceof Uint8Array) return value.slice()
  return fail(`${key} must be text or a Uint8Array.`)
}

export function checkDelay(
  [name, otherwise = '']: readonly [name: string, otherwise?: string],
  delay: unknown,
  fail: Fail,
): void {
  if (typeof delay !== 'number' || !(delay >= 0 && delay <= MAX_DELAY)) {
    fail(`${name} must be milliseconds from 0 to ${MAX_DELAY}${otherwise}, not ${shown(delay)}.`)
  }
}

export function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function checkKeys([name, value]: readonly [string, unknown], known: readonly string[], fail: Fail): void {
  const stray = Object.keys(value ?? {}).find((key) => !known.includes(key))
  if (stray !== undefined) fail(`${name}: there is no ${shown(stray)}. There are ${known.join(', ')}.`)
}

function encodeEvent(message: unknown, fail: Fail): Uint8Array {
  if (typeof message === 'object') checkKeys(['event', message], EVENT_FIELDS, fail)
  try {
    return encoder.encode(encode(message as never))
  } catch (error) {
    return fail(`event: ${(error as Error).message}. What no encoder writes can be sent with bytes.`, error)
  }
}

function cutPoint(bytes: Uint8Array, cutAfter: unknown, fail: Fail): number {
  if (cutAfter === 'code-point') {
    const start = bytes.findIndex((byte) => byte >= 0xc2)
    if (start === -1) fail('cutAfter: there is no code point of more than one byte to cut.')
    return start + 1
  }
  if (!Number.isInteger(cutAfter)) fail('cutAfter is a number of bytes or "code-point".')
  const point = (cutAfter as number) < 0 ? bytes.length + (cutAfter as number) : (cutAfter as number)
  if (point < 0 || point > bytes.length) fail(`cutAfter: there are ${bytes.length} bytes, no byte ${cutAfter}.`)
  return point
}

function dripOf(bytes: Uint8Array, drip: unknown, fail: Fail): Action[] {
  checkKeys(['drip', drip], DRIP_OPTIONS, fail)
  const { size, gap = 0 } = (drip ?? {}) as { size?: unknown; gap?: unknown }
  if (!Number.isInteger(size) || (size as number) < 1) fail('drip.size must be a number of bytes, at least 1.')
  checkDelay(['drip.gap'], gap, fail)
  const actions: Action[] = []
  for (let at = 0; at < bytes.length; at += size as number) {
    if (at > 0 && gap !== 0) actions.push({ kind: 'wait', until: gap as number })
    actions.push({ kind: 'write', bytes: bytes.subarray(at, at + (size as number)) })
  }
  return actions
}
