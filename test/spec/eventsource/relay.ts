import { request, type IncomingMessage, type ServerResponse } from 'node:http'

/** Answers what the server at `origin` answers, byte by byte, and its losses too: a page has the stage server on its own origin. */
export function relay(req: IncomingMessage, res: ServerResponse, origin: string): void {
  const { method, headers } = req
  const ahead = request(new URL(req.url!, origin), { method, headers, agent: false })
  ahead.on('response', (answer) => {
    res.writeHead(answer.statusCode!, answer.headers)
    res.flushHeaders()
    answer.pipe(res)
    answer.on('error', () => res.destroy())
  })
  ahead.on('error', () => req.socket.resetAndDestroy())
  res.on('close', () => ahead.destroy())
  req.pipe(ahead)
}
