import type { Command } from 'commander'
import { header, method, textOrFile } from './arguments.js'

/** What a request is made of, as the command line gives it. */
export interface RequestOptions {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | undefined
}

interface Values {
  request?: string
  header?: Record<string, string>
  data?: string
}

/** The options of `curl` that say what to ask for. */
export function addRequestOptions(command: Command): Command {
  return command
    .option('-X, --request <method>', 'method; default GET, or POST with --data', method)
    .option('-H, --header <field>', 'header field to send, as often as needed', header)
    .option('-d, --data <text>', 'body to send; @FILE reads a file, @- standard input')
}

export function requestOptionsOf({ request, header: headers = {}, data }: Values): RequestOptions {
  const body = data === undefined ? undefined : textOrFile(data)
  return {
    method: request ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body,
  }
}
