import { readFileSync, statSync } from 'node:fs'
import { CommandError, EXIT, messageOf } from '../command-error.js'
import { unreadable } from '../arguments.js'
import { note } from '../terminal/write.js'
import type { EventLog } from './event-log.js'
import { createEventReader, type EventReader } from './event-reader.js'
import { guessFormat, type Format } from './guess-format.js'

const BYTES_THAT_FIT = 512 * 1024 * 1024

/** Puts the whole of a file into the log, and ends it. */
export function loadFile(path: string, format: Format | undefined, log: EventLog): void {
  let text: string
  try {
    if (statSync(path).size > BYTES_THAT_FIT) throw new CommandError(`${path}: larger than 512 MiB`, EXIT.usage)
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (error instanceof TypeError) throw new CommandError(`${path}: it is not UTF-8 text`, EXIT.usage, error)
    throw unreadable(path, error)
  }
  const reader = createEventReader(format ?? guessFormat(path, firstLineOf(text)), path, (event) => log.append(event))
  reader.feed(text)
  reader.end()
  if (log.last === 0) throw new CommandError(`${path}: there is no event in it`, EXIT.usage)
  log.end()
}

/** Puts what comes on standard input into the log as it comes. A bad line is told and left out. */
export async function followInput(format: Format | undefined, log: EventLog, signal: AbortSignal): Promise<void> {
  const leave = (): void => void process.stdin.destroy()
  signal.addEventListener('abort', leave, { once: true })
  let reader: EventReader | undefined
  const take = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      note(`eventwire: ${messageOf(error)}; left out`)
    }
  }
  try {
    process.stdin.setEncoding('utf8')
    for await (const text of process.stdin as AsyncIterable<string>) {
      reader ??= createEventReader(format ?? guessFormat('', firstLineOf(text)), 'standard input', (event) =>
        log.append(event),
      )
      take(() => reader!.feed(text))
    }
    if (reader) take(() => reader!.end())
    log.end()
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

const firstLineOf = (text: string): string =>
  text
    .slice(0, 64 * 1024)
    .split(/\r\n|\r|\n/)
    .find((line) => line.trim() !== '') ?? ''
