import { readFileSync } from 'node:fs'
import { InvalidArgumentError, Option } from 'commander'
import { CommandError, EXIT, messageOf } from './command-error.js'

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
/** What a timer can wait. */
const LONGEST_MS = 2 ** 31 - 1

/** `500ms`, `10s`, `2m`, `1h`, as milliseconds. */
export function duration(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN)
  if (!(number && ms >= 0 && ms <= LONGEST_MS)) {
    throw new InvalidArgumentError('It takes a duration such as 500ms, 10s or 2m, up to 24 days.')
  }
  return ms
}

/** An option that takes a duration, with its default as a user would write it. */
export const durationOption = (flags: string, about: string, fallback: string): Option =>
  new Option(flags, about).argParser(duration).default(duration(fallback), fallback)

/** A whole number in the given bounds. */
export function count(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`)
    }
    return value
  }
}

export const port = count(0, 65_535)

/** Node sends header values as Latin-1. */
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/

/** Gathers `Name: value` options. */
export function header(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = FIELD.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('It takes a header field such as "authorization: Bearer abc".')
  return { ...before, [name.toLowerCase()]: value! }
}

export function method(text: string): string {
  if (!/^[A-Za-z]+$/.test(text)) throw new InvalidArgumentError('It takes a method such as GET or POST.')
  return text.toUpperCase()
}

/** An address, with `http://` in front where there is none. */
export function address(text: string): URL {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text.replace(/^(?=:\d)/, 'localhost')}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new InvalidArgumentError('It takes an address such as https://example.com/events.')
  }
  return url
}

/** The text of an option, or what `@FILE` and `@-` (standard input) hold. */
export function textOrFile(text: string): string {
  return text.startsWith('@') ? readInput(text.slice(1)) : text
}

/** @throws {CommandError} with exit code 2. */
export function readInput(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
}

export function unreadable(path: string, error: unknown): CommandError {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error)
  return new CommandError(`cannot read ${path}: ${reason}`, EXIT.usage, error)
}
