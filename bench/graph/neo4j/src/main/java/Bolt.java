import java.util.Map;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.Session;

/** The counts of closures by Cypher, over the network protocol; its planner makes a breadth-first search of them. */
final class Bolt implements AutoCloseable {
  private final Driver driver;
  private final Session session;

  Bolt(int port) {
    driver = GraphDatabase.driver("bolt://127.0.0.1:" + port);
    session = driver.session();
  }

  Walks.Answer closure(int start, boolean inward) {
    String arrow = inward ? "<-[:`depends-on`|contains*1..]-" : "-[:`depends-on`|contains*1..]->";
    long began = System.nanoTime();
    var row = session.run("MATCH (a:Node {number: $start})" + arrow + "(b) WHERE b <> a WITH DISTINCT b RETURN count(b) AS count, sum(b.number) AS sum", Map.of("start", start)).single();
    double ms = (System.nanoTime() - began) / 1e6;
    return new Walks.Answer(ms, row.get("count").asLong(), row.get("sum").asLong(), new int[0]);
  }

  @Override
  public void close() {
    session.close();
    driver.close();
  }
}
