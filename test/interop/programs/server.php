<?php
// An event stream as workerman writes it: its ServerSentEvents puts the fields one under another and ends with a blank line. The
// socket is PHP's own, as workerman's is.
$scripts = json_decode(file_get_contents($argv[2]), true);
$refused = [];

function event(array $message): string
{
    $text = '';
    foreach (['event', 'id', 'retry', 'data'] as $field) {
        if (!isset($message[$field])) continue;
        $value = (string) $message[$field];
        $text .= $field === 'data' ? 'data: ' . str_replace("\n", "\ndata: ", $value) . "\n" : "$field: $value\n";
    }
    return "$text\n";
}

function chunk(string $text): string
{
    return dechex(strlen($text)) . "\r\n$text\r\n";
}

$listener = stream_socket_server("tcp://127.0.0.1:$argv[1]");
$open = [];
while (true) {
    $read = [$listener, ...$open];
    $write = $except = null;
    stream_select($read, $write, $except, null);
    foreach ($read as $socket) {
        if ($socket === $listener) {
            $accepted = stream_socket_accept($listener);
            $open[(int) $accepted] = $accepted;
            continue;
        }
        $request = fread($socket, 65536);
        if ($request === '' || $request === false) {
            unset($open[(int) $socket]);
            fclose($socket);
            continue;
        }
        preg_match('~^GET /(\w*)~', $request, $path);
        $name = $path[1] ?? '';
        $script = $scripts[$name] ?? ['messages' => []];
        if (($script['refuse'] ?? false) && !isset($refused[$name])) {
            $refused[$name] = true;
            fwrite($socket, "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
            continue;
        }
        $from = preg_match('~^last-event-id: *(\d+)~mi', $request, $id) ? (int) $id[1] : 0;
        $left = array_slice($script['messages'], $from);
        $end = $script['end'] ?? false;
        if ($end && !$left) {
            fwrite($socket, "HTTP/1.1 204 No Content\r\n\r\n");
            continue;
        }
        fwrite($socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        if (isset($script['retry'])) fwrite($socket, chunk(event(['retry' => $script['retry']])));
        foreach ($left as $message) fwrite($socket, chunk(event($message)));
        if ($end) fwrite($socket, "0\r\n\r\n");
    }
}
