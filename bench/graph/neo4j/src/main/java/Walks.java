import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.Transaction;

/** Breadth-first over Neo4j's core API: what holds now along one kind of relationships, what held once along both kinds, by their properties. */
final class Walks {
  static final int PAGE = 50;

  private final Store store;

  Walks(Store store) {
    this.store = store;
  }

  /** The nodes reached, in the order in which they were; the start first. */
  private record Reach(int[] queue, BitSet seen, List<Integer> levels) {
    static Reach from(int start, int nodes) {
      var queue = new int[nodes];
      queue[0] = start;
      var seen = new BitSet(nodes);
      seen.set(start);
      return new Reach(queue, seen, new ArrayList<>(List.of(0, 1)));
    }

    int end() {
      return levels.get(levels.size() - 1);
    }

    int width() {
      return end() - levels.get(levels.size() - 2);
    }
  }

  private void expand(Transaction tx, Reach reach, Direction direction, long asOf) {
    int to = reach.end();
    int end = to;
    RelationshipType[] types = asOf < 0 ? store.live : store.all;
    for (int place = to - reach.width(); place < to; place++) {
      Node node = tx.getNodeById(store.ids[reach.queue[place]]);
      try (var relationships = node.getRelationships(direction, types)) {
        for (Relationship relationship : relationships) {
          int other = store.numbers[(int) (direction == Direction.OUTGOING ? relationship.getEndNodeId() : relationship.getStartNodeId())];
          if (reach.seen.get(other) || (asOf >= 0 && !held(relationship, asOf))) continue;
          reach.seen.set(other);
          reach.queue[end++] = other;
        }
      }
    }
    Arrays.sort(reach.queue, to, end);
    reach.levels.add(end);
  }

  private static boolean held(Relationship relationship, long asOf) {
    return (long) relationship.getProperty("begin") <= asOf && asOf < (long) relationship.getProperty("end", Long.MAX_VALUE);
  }

  Answer closure(int start, boolean inward, long asOf) {
    long began = System.nanoTime();
    var reach = Reach.from(start, store.ids.length);
    try (var tx = store.graph.beginTx()) {
      while (reach.width() > 0) expand(tx, reach, inward ? Direction.INCOMING : Direction.OUTGOING, asOf);
    }
    int[] page = Arrays.copyOfRange(reach.queue, 1, Math.min(1 + PAGE, reach.end()));
    double ms = (System.nanoTime() - began) / 1e6;
    return new Answer(ms, reach.end() - 1, Arrays.stream(reach.queue, 1, reach.end()).asLongStream().sum(), page);
  }

  /** From both ends, always where fewer nodes are next. */
  Answer path(int start, int end, long asOf) {
    long began = System.nanoTime();
    var forth = Reach.from(start, store.ids.length);
    var back = Reach.from(end, store.ids.length);
    int steps = start == end ? 0 : -1;
    try (var tx = store.graph.beginTx()) {
      for (int taken = 1; steps < 0 && forth.width() > 0 && back.width() > 0; taken++) {
        boolean forward = forth.width() <= back.width();
        expand(tx, forward ? forth : back, forward ? Direction.OUTGOING : Direction.INCOMING, asOf);
        if (forth.seen.intersects(back.seen)) steps = taken;
      }
    }
    return new Answer((System.nanoTime() - began) / 1e6, steps, 0, new int[0]);
  }

  record Answer(double ms, long count, long sum, int[] page) {
    String json() {
      return "{\"ms\":" + ms + ",\"count\":" + count + ",\"sum\":" + sum + ",\"page\":" + Arrays.toString(page) + "}";
    }
  }
}
