import { served } from '../../lib/server-scene.mjs'

export default {
  name: 'aiohttp',
  kind: 'server',
  order: 70,
  programs: ['/usr/bin/python3'],
  debian: [{ name: 'python3-aiohttp', test: ['/usr/bin/python3', '-c', 'import aiohttp'] }],
  ci: true,
  serve: served('/usr/bin/python3', ['programs/aiohttp_server.py']),
}
