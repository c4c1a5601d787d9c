import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { clientSuite, parserSuite, type ClientAdapter, type ParserAdapter, type Suite } from 'eventwire/testing'
import { CommandError, EXIT, messageOf } from '../command-error.js'
import { unreadable } from '../arguments.js'
import { accessSync } from 'node:fs'

/** The suite for the adapter that is the default export of `file`. */
export async function suiteOf(kind: 'parser' | 'client', file: string): Promise<Suite> {
  const path = resolve(file)
  try {
    accessSync(path)
  } catch (error) {
    throw unreadable(file, error)
  }
  let adapter: unknown
  try {
    adapter = ((await import(pathToFileURL(path).href)) as { default?: unknown }).default
  } catch (error) {
    throw new CommandError(`cannot load ${file}: ${messageOf(error)}`, EXIT.usage, error)
  }
  if (typeof adapter !== 'function') {
    throw new CommandError(
      `${file} has no function as its default export; see docs/testing.md for an adapter`,
      EXIT.usage,
    )
  }
  return kind === 'parser' ? parserSuite(adapter as ParserAdapter) : clientSuite(adapter as ClientAdapter)
}
