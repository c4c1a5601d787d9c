import { ESCAPED } from '../../lib/known.mjs'
import { program } from '../../lib/readers.mjs'

export default {
  name: "Python's requests",
  kind: 'reader',
  order: 70,
  programs: ['/usr/bin/python3'],
  debian: [{ name: 'python3-requests', test: ['/usr/bin/python3', '-c', 'import requests'] }],
  ci: true,
  byHand: true,
  without: { retry: 'it reads one answer' },
  read: program('/usr/bin/python3', ['programs/requests_reader.py']),
  about: 'Read with `iter_lines(chunk_size=65536)`: with its default of 512 it reads a long line again and again.',
  needs: [
    {
      exchanges: ['unicode', 'ids'],
      set: "`headers: { 'content-type': 'text/event-stream; charset=utf-8' }`: without it text is taken for Latin-1",
      server: { headers: { 'content-type': 'text/event-stream; charset=utf-8' } },
    },
    ESCAPED,
  ],
}
