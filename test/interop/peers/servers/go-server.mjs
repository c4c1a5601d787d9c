import { served } from '../../lib/server-scene.mjs'

export default {
  name: "Go's net/http",
  kind: 'server',
  order: 72,
  programs: ['go'],
  debian: [{ name: 'golang-go' }],
  version: { of: 'Go', command: ['go', 'version'] },
  prepare: [['go', 'build', '-o', 'programs/build/server-go', 'programs/server.go']],
  serve: served('programs/build/server-go', []),
}
