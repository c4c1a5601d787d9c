import { program } from '../../lib/readers.mjs'

export default {
  name: "Python's httpx",
  kind: 'reader',
  order: 71,
  programs: ['/usr/bin/python3'],
  debian: [{ name: 'python3-httpx', test: ['/usr/bin/python3', '-c', 'import httpx'] }],
  ci: true,
  byHand: true,
  without: { retry: 'it reads one answer' },
  read: program('/usr/bin/python3', ['programs/httpx_reader.py']),
}
