import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/** Reads an event stream with BodyHandlers.ofLines, as is usual in Java, and prints each event as JSON. */
class Reader {
  public static void main(String[] args) throws Exception {
    var out = new java.io.PrintStream(System.out, true, "UTF-8");
    var request = HttpRequest.newBuilder(URI.create(args[0]));
    if (args.length > 1 && !args[1].isEmpty()) request.header("Last-Event-ID", args[1]);
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var response = client.send(request.build(), BodyHandlers.ofLines());
    if (response.statusCode() != 200) throw new Exception("status " + response.statusCode());
    List<String> data = new ArrayList<>();
    String[] event = {"message", ""};
    response.body().forEach(line -> {
      if (line.isEmpty()) {
        if (!data.isEmpty()) {
          out.println("{\"event\":" + quote(event[0]) + ",\"id\":" + quote(event[1]) + ",\"data\":" + quote(String.join("\n", data)) + "}");
        }
        data.clear();
        event[0] = "message";
        return;
      }
      var colon = line.indexOf(':');
      var field = colon < 0 ? line : line.substring(0, colon);
      var value = colon < 0 ? "" : line.substring(colon + 1);
      if (value.startsWith(" ")) value = value.substring(1);
      if (field.equals("data")) data.add(value);
      if (field.equals("event")) event[0] = value;
      if (field.equals("id")) event[1] = value;
    });
  }

  private static String quote(String text) {
    var quoted = new StringBuilder("\"");
    for (var letter : text.toCharArray()) {
      if (letter == '"' || letter == '\\') quoted.append('\\').append(letter);
      else if (letter < ' ' || letter > '~') quoted.append(String.format("\\u%04x", (int) letter));
      else quoted.append(letter);
    }
    return quoted.append('"').toString();
  }
}
