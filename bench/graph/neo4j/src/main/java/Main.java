import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.StringJoiner;

/**
 * Arguments: folder of the database, file of the edges, number of nodes, port for Bolt. Says `ready`, then answers each line of questions
 * (`in start asOf`, `out start asOf`, `path start end asOf`, `bolt-in start`, `bolt-out start`, with `;` between them; asOf -1: now) by a line of JSON.
 */
public final class Main {
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[3]);
    try (var store = new Store(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]), port);
        var bolt = new Bolt(port);
        var input = new BufferedReader(new InputStreamReader(System.in))) {
      var walks = new Walks(store);
      System.out.println("ready");
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        var answers = new StringJoiner(",", "[", "]");
        for (String question : line.split(";")) answers.add(answer(walks, bolt, question.split(" ")).json());
        System.out.println(answers);
      }
    }
  }

  private static Walks.Answer answer(Walks walks, Bolt bolt, String[] words) {
    int start = Integer.parseInt(words[1]);
    return switch (words[0]) {
      case "in", "out" -> walks.closure(start, words[0].equals("in"), Long.parseLong(words[2]));
      case "path" -> walks.path(start, Integer.parseInt(words[2]), Long.parseLong(words[3]));
      case "bolt-in", "bolt-out" -> bolt.closure(start, words[0].equals("bolt-in"));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }
}
