import { served } from '../../lib/server-scene.mjs'

export default {
  name: "PHP, in workerman's wire format",
  kind: 'server',
  order: 71,
  programs: ['php'],
  debian: [{ name: 'php-cli' }],
  version: { of: 'PHP', command: ['php', '--version'] },
  serve: served('php', ['programs/server.php']),
}
