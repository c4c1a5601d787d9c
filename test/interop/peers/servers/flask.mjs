import { served } from '../../lib/server-scene.mjs'

export default {
  name: 'Flask',
  kind: 'server',
  order: 70,
  programs: ['/usr/bin/python3'],
  debian: [{ name: 'python3-flask', test: ['/usr/bin/python3', '-c', 'import flask'] }],
  ci: true,
  serve: served('/usr/bin/python3', ['programs/flask_server.py']),
}
