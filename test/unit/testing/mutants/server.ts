import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ServerAdapter, SuiteMessage } from '../../../../src/testing/suites/server/server-reader.js'

/** What a server can get wrong, and the name of the case that must find it. */
export const SERVER_MUTANTS = {
  sendsHeadWithFirstEvent: 'the head does not wait for an event',
  answers202: 'the status is 200',
  sendsAsText: 'the content type is text/event-stream',
  namesLatin1: 'the content type names no charset but UTF-8',
  letsCachesStore: 'no cache may answer with it',
  writesLatin1: 'the stream is UTF-8',
  writesBareJson: 'every line is a field readers know, or a comment',
  writesRetryInSeconds: 'retry is written in ASCII digits',
  writesNulInIds: 'no id holds NUL',
  pingsWithTypeAlone: 'no event type comes without data',
  holdsTheLastEvent: 'an event goes out at once',
  writesDataAsItStands: 'line breaks in data arrive',
  splitsDataAtLfOnly: 'CR and CRLF in data start no field',
  leavesOutTheSpace: 'white space and colons at the start of data arrive',
  writesAsciiOnly: 'any character arrives',
  cutsLongData: 'long data arrives',
  dropsEmptyData: 'empty data arrives as an event',
  dropsType: 'the event type arrives',
  writesTypeAsItStands: 'a line break in an event type starts no field',
  sendsTwice: 'events arrive in order, each once',
  pingsWithEmptyData: 'a keep-alive is a comment, not an event',
  replaysNothing: 'nothing is lost after Last-Event-ID',
  replaysTheLastOne: 'nothing comes twice after Last-Event-ID',
  replaysNewestFirst: 'missed events come in order',
  comparesIdsAsText: 'nothing is lost after Last-Event-ID',
  failsOnUnknownIds: 'an unknown Last-Event-ID is answered',
  echoesTheId: 'Last-Event-ID is not echoed in a header',
  neverLeavesReplay: 'new events come after an unknown Last-Event-ID',
  keepsReaders: 'a reader that leaves is let go',
  registersAfterLeaving: 'a reader that leaves before the answer is let go',
}

/** The faults of an otherwise honest server. */
export type ServerFaults = Partial<Record<keyof typeof SERVER_MUTANTS, boolean>>

interface Reader {
  res: ServerResponse
  write(block: string): void
}

/** A small server with a history, honest but for its faults. Its ids count from 8, so that they grow a digit. */
export async function faultyServer(faults: ServerFaults): Promise<ServerAdapter & { close(): Promise<void> }> {
  const readers = new Set<Reader>()
  const history: { id: number; block: string }[] = []
  let lastId = 7

  const encode = ({ event, data }: SuiteMessage, id: number): string => {
    if (faults.writesBareJson)
      return `${JSON.stringify(data)}\n\ndata: ${data.replaceAll(/\r\n|\r|\n/g, '\ndata: ')}\n\n`
    const line = /[\r\n]/
    if (event !== undefined && line.test(event) && !faults.writesTypeAsItStands) throw new TypeError('event')
    let text = faults.cutsLongData ? data.slice(0, 65_536) : data
    if (faults.writesAsciiOnly) text = text.replaceAll(/[^\0-\x7F]/g, '?')
    const ends = faults.splitsDataAtLfOnly ? /\n/ : /\r\n|\r|\n/
    const lines = faults.writesDataAsItStands ? [text] : text.split(ends)
    const space = faults.leavesOutTheSpace ? '' : ' '
    const type = event !== undefined && !faults.dropsType ? `event: ${event}\n` : ''
    return `${type}id: ${id}${faults.writesNulInIds ? '\0' : ''}\n${lines.map((each) => `data:${space}${each}\n`).join('')}\n`
  }

  const missedBy = (header: string): string[] => {
    const after = Number(header)
    if (faults.replaysNothing || !history.some(({ id }) => id === after)) return []
    const missed = history.filter(({ id }) => {
      if (faults.comparesIdsAsText) return String(id) > header
      return faults.replaysTheLastOne ? id >= after : id > after
    })
    if (faults.replaysNewestFirst) missed.reverse()
    return missed.map(({ block }) => block)
  }

  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const from = req.headers['last-event-id'] as string | undefined
    if (from !== undefined && faults.failsOnUnknownIds && !/^\d{1,6}$/.test(from)) return void res.writeHead(500).end()
    // A look at a database, say: the reader may leave meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 10))
    if (req.socket.destroyed && !faults.registersAfterLeaving) return
    res.writeHead(faults.answers202 ? 202 : 200, {
      'content-type': faults.sendsAsText
        ? 'text/plain'
        : faults.namesLatin1
          ? 'text/event-stream; charset=iso-8859-1'
          : 'text/event-stream',
      'cache-control': faults.letsCachesStore ? 'max-age=60' : 'no-cache',
      ...(faults.echoesTheId && from !== undefined && { 'x-resumed-from': encodeURIComponent(from) }),
    })
    if (!faults.sendsHeadWithFirstEvent) res.write(faults.writesRetryInSeconds ? 'retry: 3s\n\n' : ': hi\n\n')
    let held = ''
    const write = (block: string): void => {
      if (faults.holdsTheLastEvent) [held, block] = [block, held]
      res.write(faults.writesLatin1 ? Buffer.from(block, 'latin1') : block)
    }
    const reader = { res, write }
    if (from !== undefined) for (const block of missedBy(from)) write(block)
    if (from !== undefined && faults.neverLeavesReplay && !history.some(({ id }) => String(id) === from)) return
    readers.add(reader)
    if (!faults.keepsReaders) req.socket.once('close', () => readers.delete(reader))
  }

  const server = createServer((req, res) => void serve(req, res))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const ping = setInterval(() => {
    const block = faults.pingsWithEmptyData ? 'data:\n\n' : faults.pingsWithTypeAlone ? 'event: ping\n\n' : ': ping\n\n'
    for (const { res } of readers) if (!res.destroyed && !faults.sendsHeadWithFirstEvent) res.write(block)
  }, 10)

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    send: (message) => {
      if (faults.dropsEmptyData && message.data === '') return
      const id = lastId + 1
      const block = encode(message, id)
      lastId = id
      history.push({ id, block })
      for (const { write } of readers) {
        write(block)
        if (faults.sendsTwice) write(block)
      }
    },
    connections: () => readers.size,
    close: async () => {
      clearInterval(ping)
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
