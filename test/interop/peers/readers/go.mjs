import { program } from '../../lib/readers.mjs'

export default {
  name: "Go's net/http and bufio.Scanner",
  kind: 'reader',
  order: 72,
  programs: ['go'],
  debian: [{ name: 'golang-go' }],
  version: { of: 'Go', command: ['go', 'version'] },
  byHand: true,
  without: { retry: 'it reads one answer' },
  prepare: [['go', 'build', '-o', 'programs/build/reader-go', 'programs/reader.go']],
  read: (url, handlers) => program('programs/build/reader-go', [], { env: handlers.setting.env })(url, handlers),
  needs: [
    {
      exchanges: ['big', 'cut'],
      set: '`scanner.Buffer(nil, 4<<20)`: it takes no line above 64 KiB',
      env: { BUFFER: '1' },
    },
  ],
}
